// Value <-> JSON, for results.json and test.json. Pure functions.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/core/result.hpp"
#include "harness/core/value.hpp"

namespace faultline {

using Json = nlohmann::ordered_json;

// Nothing is null, a pair or a list an array, text a string.
Json to_json(const Value& value);

// The other way; an error for what no Value can hold: an object, a boolean, a fraction.
Result<Value> value_of_json(const Json& json);

// As it is stored: indented. What is no valid UTF-8 is replaced, never thrown over.
std::string dump(const Json& json);

}  // namespace faultline
