#include "harness/store/json_value.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "harness/store/source.hpp"

namespace faultline {

Json to_json(const Value& value) {
  if (value.is_nothing()) return nullptr;
  if (value.is_integer()) return value.integer();
  if (value.is_text()) return value.text();
  Json array = Json::array();
  for (const Value& item : value.items()) array.push_back(to_json(item));
  return array;
}

Result<Value> value_of_json(const Json& json) {
  if (json.is_null()) return Value();
  if (json.is_string()) return Value(std::string_view(json.get_ref<const std::string&>()));
  const bool too_big =
      json.is_number_unsigned() &&
      json.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  if (json.is_number_integer() && !too_big) return Value(json.get<std::int64_t>());
  if (!json.is_array()) {
    return Error{fmt::format("expected null, a 64-bit integer, a string or an array, found {}",
                             excerpt(dump(json)))};
  }
  Value::List items;
  items.reserve(json.size());
  for (const Json& element : json) {
    Result<Value> item = value_of_json(element);
    if (!item) return item.error();
    items.push_back(std::move(*item));
  }
  return Value(std::move(items));
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace faultline
