#include "harness/cli/run_diagram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/cli/commands.hpp"
#include "harness/cli/run_events.hpp"
#include "harness/core/node.hpp"
#include "harness/core/utf8.hpp"

namespace faultline::cli {
namespace {

constexpr Duration kMost = 300 * kMillisecond;
constexpr Duration kMargin = 10 * kMillisecond;

// "cas [1 2], key 3: ok"
std::string text_of(const Op& invoked, const Op* completed) {
  const Op& op = completed != nullptr && completed->type == OpType::ok ? *completed : invoked;
  std::string text = printable(op.f.name());
  if (!op.value.is_nothing() || op.f == f::kRead) text += " " + op.value.to_string();
  if (!op.key.is_nothing()) text += ", key " + op.key.to_string();
  return text + ": " + (completed != nullptr ? to_string(completed->type) : "no end");
}

}  // namespace

std::optional<std::size_t> failing_op_in(const Json& results, const History& history) {
  const Json checks = results.is_object() ? results.value("checks", Json()) : Json();
  for (const Json& check : checks) {
    const Json op = check.is_object() ? check.value("failing_op", Json()) : Json();
    if (!op.is_number_integer()) continue;
    const auto position = op.get<std::size_t>();
    if (position < history.size() && history[position].type == OpType::invoke) return position;
  }
  return std::nullopt;
}

SpaceTime::Operation operation_at(const History& history, std::size_t position) {
  const Op& invoked = history[position];
  const Op* completed = completion_of(history, position);
  const bool is_known = completed != nullptr && completed->type != OpType::info;
  return {invoked.process, invoked.time, is_known ? completed->time : kNever,
          text_of(invoked, completed)};
}

std::vector<SpaceTime::Operation> violating_operations(const History& history,
                                                       const Evidence& evidence,
                                                       const std::string& where) {
  std::vector<SpaceTime::Operation> operations;
  for (const Evidence::Part& part : evidence.parts) {
    if (part.verdict != Verdict::invalid || !part.core) continue;
    for (const std::size_t op : part.core->ops) {
      if (op >= history.size()) {
        throw UsageError(
            fmt::format("{}: names events that the history has not: it is of another run", where));
      }
      operations.push_back(operation_at(history, op));
    }
    break;
  }
  return operations;
}

std::optional<SpaceTime::Window> window_around(
    const std::vector<SpaceTime::Operation>& operations) {
  if (operations.empty()) return std::nullopt;
  SpaceTime::Window window{kNever, 0};
  for (const SpaceTime::Operation& op : operations) {
    window.from = std::min(window.from, op.invoked);
    window.to = std::max(window.to, op.completed != kNever ? op.completed : op.invoked);
  }
  window.from = std::max<Time>(0, std::max(window.from, window.to - kMost) - kMargin);
  window.to += kMargin;
  return window;
}

std::optional<SpaceTime::Window> window_around(const std::vector<RunPage::Fault>& faults) {
  if (faults.empty()) return std::nullopt;
  const auto last = std::max_element(faults.begin(), faults.end(),
                                     [](const auto& a, const auto& b) { return a.from < b.from; });
  return SpaceTime::Window{std::max<Time>(0, last->from - kMargin), last->from + kMost};
}

Result<SpaceTime> run_diagram(const Source& trace, const TestPlan& plan, const History& history,
                              std::vector<SpaceTime::Operation> operations,
                              const SpaceTime::Window& window) {
  auto diagram = read_trace(trace, window);
  if (!diagram) return diagram;
  diagram->title = fmt::format("{} on {} nodes, seed {}", plan.name(), diagram->nodes, plan.seed);
  diagram->operations = std::move(operations);
  for (const RunPage::Fault& fault : faults_of(history)) {
    if (fault.from > window.to || fault.to < window.from) continue;
    diagram->faults.push_back({fault.from, fault.to, fault.name + " " + fault.what});
  }
  return diagram;
}

Result<std::vector<RunPage::Leader>> leaders_in(const Source& trace) {
  const auto stretches = read_leaders(trace);
  if (!stretches) return stretches.error();
  std::vector<RunPage::Leader> leaders;
  for (const SpaceTime::Stretch& led : *stretches) {
    leaders.push_back({led.begin, led.end, node_name(led.node), led.term});
  }
  return leaders;
}

}  // namespace faultline::cli
