// Symbol: an interned name (an op's f, an error), two bytes, compared and copied for nothing.
// The table is process-wide, grows only, and may be used from any thread. Ids depend on the order
// of interning, so nothing recorded or decided may depend on them: use name() at the edges.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace faultline {

class Symbol {
 public:
  constexpr Symbol() = default;  // the empty name: "no error", "no function"
  // Interns `name`. After 60,000 distinct names every new one becomes "other", so that an endless
  // stream of different error texts cannot exhaust the table.
  static Symbol of(std::string_view name);

  const std::string& name() const;
  bool empty() const { return id_ == 0; }
  std::uint16_t id() const { return id_; }
  friend bool operator==(Symbol, Symbol) = default;

 private:
  explicit constexpr Symbol(std::uint16_t id) : id_(id) {}
  std::uint16_t id_ = 0;
};

}  // namespace faultline
