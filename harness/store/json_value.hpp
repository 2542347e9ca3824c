// Value as JSON, for results.json and --json. Pure functions.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/core/value.hpp"

namespace faultline {

using Json = nlohmann::ordered_json;

// Nothing is null, a pair or a list an array, text a string.
Json to_json(const Value& value);

// As it is stored: indented. What is no valid UTF-8 is replaced, never thrown over.
std::string dump(const Json& json);

}  // namespace faultline
