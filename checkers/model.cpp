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

Call as_update(Call call) {
  // A crashed one either took effect like any other or may be left out, so the two are equal.
  if (call.outcome == Outcome::unknown) call.outcome = Outcome::ok;
  call.result = Value();
  return call;
}

Call as_query(Call call) {
  if (call.outcome != Outcome::ok) call.result = Value();
  return call;
}

Call as_read(Call call, const ModelOptions& options) {
  call.argument = Value();
  if (call.result.is_nothing() && options.nil_read_unconstrained) call.outcome = Outcome::unknown;
  return as_query(std::move(call));
}

Result<Value> parse_plain_state(std::string_view text) {
  return parse_plain_value(text, "the initial state");
}

std::optional<std::string> accept_every(const Call&) {
  return std::nullopt;
}

Call keep_all(Call call, const ModelOptions&) {
  return call;
}

bool never_pure(const Call&) {
  return false;
}

std::string show_plainly(const Value& state) {
  return shorten(state.to_string(), 40);
}

Description describe_update(const Call& call) {
  std::string label = call.f.name();
  if (!call.argument.is_nothing()) label += " " + shorten(call.argument.to_string(), 24);
  return {label, label, "succeeded"};
}

Description describe_query(const Call& call) {
  const std::string subject = describe_update(call).subject;
  if (call.outcome == Outcome::unknown) return {subject + " ?", subject, "returned nothing"};
  const std::string result = call.result.to_string();
  return {subject + " " + shorten(result, 24), subject, "returned " + shorten(result, 60)};
}

std::optional<std::string> require_cas_pair(const Call& call) {
  if (call.f != f::kCas || call.argument.items().size() == 2) return std::nullopt;
  return "a cas must have the value [expected new], not " + call.argument.to_string();
}

Description describe_cas(const Call& call) {
  const Value::List pair = call.argument.items();
  const std::string expected = shorten(pair[0].to_string(), 16);
  const std::string label =
      fmt::format("{} {}->{}", call.f.name(), expected, shorten(pair[1].to_string(), 16));
  if (call.outcome != Outcome::mismatch) return {label, label, "succeeded"};
  return {label + " failed", label, "found another value than " + expected};
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
  const auto in_character = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  std::size_t head = (width - 3) / 2;
  std::size_t tail = text.size() - (width - 3 - head);
  while (head > 0 && in_character(head)) --head;
  while (tail < text.size() && in_character(tail)) ++tail;
  return text.substr(0, head) + "..." + text.substr(tail);
}

}  // namespace faultline
