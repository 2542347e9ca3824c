#include "checkers/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "checkers/to_value.hpp"

namespace faultline {
namespace {

Report unknown(std::string reason) {
  Report report;
  report.checker = "linearizable";
  report.reason = std::move(reason);
  report.text = report.reason;
  return report;
}

std::string name_models() {
  std::string names;
  for (const Model& model : all_models()) {
    names += names.empty() ? "" : ", ";
    names += model.name;
  }
  return names;
}

bool looks_at_result(const Model& model, Call call) {
  if (model.validate(call)) return true;  // it will be told what is wrong
  const Call with_false = model.prepare(call, {});
  call.result = to_value(true);
  return model.validate(call) || model.prepare(call, {}) != with_false;
}

// What is wrong, or nothing: an op returned false as if that did not matter. Most likely it changed
// nothing, but was recorded as if it had.
std::string overlooked_false(const History& history, const Model& model) {
  std::map<Process, const Op*> open;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Op& op = history[i];
    if (op.type == OpType::invoke) open[op.process] = &op;
    if (op.type != OpType::ok || op.value != to_value(false)) continue;
    const Op* invoked = open[op.process];
    const auto& known = model.functions;
    if (invoked == nullptr || invoked->value == op.value ||
        std::find(known.begin(), known.end(), op.f.name()) == known.end()) {
      continue;
    }
    if (looks_at_result(model, {op.f, invoked->value, op.value, Outcome::ok})) continue;
    return fmt::format(
        "op {}: {} returned false, which the model {} does not look at; if it then changed "
        "nothing, "
        "record it by attempt(), otherwise have the operation return void",
        i, op.f.name(), model.name);
  }
  return {};
}

}  // namespace

Report check(const History& history, std::string_view model, std::string_view initial,
             const Limits& limits) {
  const Model* found = find_model(model);
  if (found == nullptr) {
    return unknown(fmt::format("there is no model '{}'; there are {}", model, name_models()));
  }
  return check(history, *found, initial, limits);
}

Report check(const History& history, const Model& model, std::string_view initial,
             const Limits& limits) {
  const auto state = model.parse_initial(initial.empty() ? model.default_initial : initial);
  if (!state) return unknown(state.error().message);
  if (std::none_of(history.begin(), history.end(),
                   [](const Op& op) { return op.type == OpType::ok && !op.is_nemesis(); })) {
    return unknown("no op of the history succeeded");
  }
  if (std::string wrong = overlooked_false(history, model); !wrong.empty()) {
    return unknown(std::move(wrong));
  }
  LineNumbers lines(history.size());
  std::iota(lines.begin(), lines.end(), 0U);
  Report report = check_safely(*make_linearizable(model, *state, {}, limits, lines), history);
  if (report.text.empty()) report.text = report.reason;
  return report;
}

}  // namespace faultline
