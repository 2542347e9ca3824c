// SymbolCache: Symbol::of for a reader that meets the same few names a million times: without a
// lock. One thread at a time.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "harness/core/symbol.hpp"

namespace faultline::formats {

class SymbolCache {
 public:
  Symbol of(std::string_view name) {
    if (name.empty()) return {};
    const std::size_t first = static_cast<unsigned char>(name.front());
    const std::size_t last = static_cast<unsigned char>(name.back());
    Entry& entry = entries_[(name.size() * 7 + first * 3 + last) % entries_.size()];
    if (entry.name != name) {
      entry.symbol = Symbol::of(name);
      entry.name = name;
    }
    return entry.symbol;
  }

 private:
  struct Entry {
    std::string name;
    Symbol symbol;
  };
  std::array<Entry, 64> entries_;
};

}  // namespace faultline::formats
