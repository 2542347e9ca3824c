#include <algorithm>
#include <charconv>
#include <utility>

#include "harness/store/formats/edn.hpp"
#include "harness/store/formats/edn_token.hpp"

namespace faultline::formats {
std::string_view Edn::keyword() const {
  if (kind != Kind::keyword) return {};
  return source.substr(1);
}

std::string Edn::text() const {
  if (kind != Kind::string) return {};
  return unescape(source.substr(1, source.size() - 2));
}

std::optional<std::int64_t> Edn::integer() const {
  if (kind != Kind::number) return std::nullopt;
  std::string_view digits = source;
  if (digits.ends_with('N')) digits.remove_suffix(1);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto end = digits.data() + digits.size();
  const auto [ptr, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || ptr != end) return std::nullopt;
  return number;
}

Value Edn::value() const {
  switch (kind) {
    case Kind::nil: return {};
    case Kind::string: return Value(std::string_view(text()));
    case Kind::keyword: return Value(keyword());
    case Kind::character: return Value(std::string_view(character_text(source.substr(1))));
    case Kind::boolean:
    case Kind::symbol: return Value(source);
    case Kind::tagged: return untagged().value();
    case Kind::number: {
      const std::optional<std::int64_t> number = integer();
      return number ? Value(*number) : Value(source);
    }
    case Kind::list:
    case Kind::vector:
    case Kind::set:
    case Kind::map: break;
  }
  Value::List values;
  values.reserve(items.size());
  if (kind == Kind::map) {
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      values.emplace_back(Value::List{items[i].value(), items[i + 1].value()});
    }
  } else {
    for (const Edn& item : items) values.push_back(item.value());
  }
  if (!is_sequence()) std::sort(values.begin(), values.end());
  return Value(std::move(values));
}

}  // namespace faultline::formats
