#include "harness/store/json_value.hpp"

namespace faultline {

Json to_json(const Value& value) {
  if (value.is_nothing()) return nullptr;
  if (value.is_integer()) return value.integer();
  if (value.is_text()) return value.text();
  Json array = Json::array();
  for (const Value& item : value.items()) array.push_back(to_json(item));
  return array;
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace faultline
