#include "checkers/linearizability/call_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/core/utf8.hpp"

namespace faultline {

CallReader::CallReader(const History& history, const Model& model)
    : history_(history), model_(model) {
  for (std::string_view name : model.functions) functions_.push_back(Symbol::of(name));
}

OpResult<std::optional<Call>> CallReader::read(const Operation& operation) const {
  const Op& invoked = history_[operation.invocation];
  if (std::find(functions_.begin(), functions_.end(), invoked.f) == functions_.end()) {
    return OpError{
        operation.invocation,
        fmt::format("the model {} does not know {}; it knows {}", model_.name,
                    invoked.f.empty() ? "an op without a function" : printable(invoked.f.name()),
                    fmt::join(model_.functions, ", "))};
  }
  if (model_.per_key && invoked.key.is_nothing()) {
    return OpError{operation.invocation,
                   fmt::format("the model {} needs a key in every op", model_.name)};
  }
  const bool crashed = is_crashed(operation);
  Call call{.f = invoked.f, .argument = invoked.value, .result = {}, .outcome = Outcome::ok};
  if (model_.by_process && call.argument.is_nothing()) call.argument = Value(invoked.process);
  if (crashed) {
    call.outcome = Outcome::unknown;
  } else {
    const Op& completed = history_[operation.completion];
    const bool mismatch = completed.f == model_.mismatch_f && completed.error == kMismatch;
    if (completed.type == OpType::fail && !mismatch) return std::optional<Call>();
    if (completed.type == OpType::fail) call.outcome = Outcome::mismatch;
    call.result = completed.value;
    if (call.argument.is_nothing()) call.argument = completed.value;
  }
  if (const auto problem = model_.validate(call)) {
    return OpError{crashed ? operation.invocation : operation.completion, *problem};
  }
  return std::optional<Call>(std::move(call));
}

bool CallReader::is_crashed(const Operation& operation) const {
  return operation.completion == Operation::kOpen ||
         history_[operation.completion].type == OpType::info;
}

}  // namespace faultline
