// check: is a history linearizable? For C++ programs that record their own (recorder.hpp), with the
// evidence that verify.hpp checks. Any thread.
#pragma once

#include <ostream>
#include <string_view>

#include "checkers/linearizability/decide.hpp"
#include "checkers/model.hpp"
#include "harness/core/checker.hpp"

namespace faultline {

// By one of the models that `faultline list` names, or by your own. `initial` is what the model's
// parse_initial reads; empty, it is the model's default. The text says why the verdict is not
// valid, or is empty; its "line 7" is history[7].
//
// unknown, besides what make_linearizable() cannot decide: no op succeeded; there is no such model
// or initial state; an op returned false, but its model does not look at that (see
// RecordingClient::attempt).
Report check(const History& history, std::string_view model, std::string_view initial = {},
             const Limits& limits = {});
Report check(const History& history, const Model& model, std::string_view initial = {},
             const Limits& limits = {});

inline std::ostream& operator<<(std::ostream& out, Verdict verdict) {
  return out << to_string(verdict);
}

}  // namespace faultline
