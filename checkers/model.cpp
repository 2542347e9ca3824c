#include "checkers/model.hpp"

#include <fmt/format.h>

#include <boost/container_hash/hash.hpp>
#include <charconv>

namespace faultline {

std::size_t hash_value(const Call& call) {
  std::size_t seed = call.f.id();
  boost::hash_combine(seed, call.argument.hash());
  boost::hash_combine(seed, call.result.hash());
  boost::hash_combine(seed, static_cast<int>(call.outcome));
  return seed;
}

Result<Value> parse_plain_value(std::string_view text, std::string_view what) {
  if (text == "nil" || text == "null") return Value();
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return Value(text.substr(1, text.size() - 2));
  }
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stop == end) return Value(number);
  return Error{
      fmt::format("{}: expected nil, an integer or a \"text\" in quotes, not '{}'", what, text)};
}

std::string shorten(std::string text, std::size_t width) {
  if (text.size() <= width || width < 5) return text;
  const std::size_t head = (width - 3) / 2;
  const std::size_t tail = width - 3 - head;
  return text.substr(0, head) + "..." + text.substr(text.size() - tail);
}

}  // namespace faultline
