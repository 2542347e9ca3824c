// Reports of checkers as JSON, for results.json and --json.
#pragma once

#include "harness/core/checker.hpp"
#include "harness/store/json_value.hpp"

namespace faultline::cli {

// {"checker", "verdict", "reason", facts..., "text", "parts"}; what is empty is left out.
Json to_json(const Report& report);

// On one line, for standard output.
std::string dump_line(const Json& json);

}  // namespace faultline::cli
