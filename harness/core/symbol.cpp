#include "harness/core/symbol.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <mutex>
#include <shared_mutex>

namespace faultline {
namespace {

constexpr std::size_t kMaxNames = 60'000;

struct Table {
  std::shared_mutex mutex;
  std::deque<std::string> names{"", "other"};  // a deque: references stay valid as it grows
  boost::unordered_flat_map<std::string_view, std::uint16_t> ids{{"", 0}, {"other", 1}};
};

Table& table() {
  static Table* const instance = new Table;  // never destroyed: symbols outlive static objects
  return *instance;
}

}  // namespace

Symbol Symbol::of(std::string_view name) {
  Table& t = table();
  {
    const std::shared_lock lock(t.mutex);
    if (const auto it = t.ids.find(name); it != t.ids.end()) return Symbol(it->second);
  }
  const std::unique_lock lock(t.mutex);
  if (const auto it = t.ids.find(name); it != t.ids.end()) return Symbol(it->second);
  if (t.names.size() >= kMaxNames) return Symbol(1);
  const auto id = static_cast<std::uint16_t>(t.names.size());
  t.ids.emplace(t.names.emplace_back(name), id);
  return Symbol(id);
}

const std::string& Symbol::name() const {
  Table& t = table();
  const std::shared_lock lock(t.mutex);
  return t.names[id_];
}

}  // namespace faultline
