#include "checkers/linearizability/counterexample.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checkers/linearizability/counterexample_view.hpp"
#include "checkers/linearizability/lanes.hpp"

namespace faultline {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kMaxLanes = 20;
constexpr std::size_t kMaxBars = 28;
constexpr std::size_t kTail = 8;    // ops of the linearization that are listed
constexpr std::size_t kFaults = 5;  // that are listed

// Breaks a line of words so that none is wider than kWidth.
std::string wrap(std::string text) {
  std::size_t line = text.find_first_not_of('\n');
  while (line != std::string::npos && text.size() - line > kWidth) {
    const std::size_t blank = text.rfind(' ', line + kWidth);
    if (blank == std::string::npos || blank < line + 4) break;
    text.replace(blank, 1, "\n  ");
    line = blank + 1;
  }
  return text;
}

class Text {
 public:
  Text(const CounterexampleView& view, const LineNumbers& lines) : view_(view), lines_(lines) {}

  std::string text() const {
    return fmt::format("Not linearizable: {}\n\n{}\n\n", view_.heading,
                       wrap("  " + view_.sentence + ".")) +
           lanes() + unused() + faults() + "\n" + linearization() + core();
  }

 private:
  using Operation = CounterexampleView::Operation;

  std::size_t line(std::size_t position) const {
    return lines_.empty() ? position + 2 : lines_[position];
  }

  std::string when(std::size_t position, Time time) const {
    if (!view_.timed) return fmt::format("line {}", line(position));
    return fmt::format("{:.3f} s", to_seconds(time));
  }

  Bar bar_of(const Operation& operation) const {
    Bar bar{.lane = operation.process,
            .label = operation.label,
            .begin = operation.invoked,
            .begin_text = when(operation.invoked, operation.begin)};
    if (operation.returned != CounterexampleView::kOpen) bar.end = operation.returned;
    bar.marked = operation.invoked == view_.failing.invoked;
    return bar;
  }

  // As many of them as can be drawn.
  std::vector<Bar> bars() const {
    std::vector<Bar> chosen;
    for (const Operation& operation : view_.around) {
      if (chosen.size() == kMaxBars) break;
      chosen.push_back(bar_of(operation));
      const auto lines = draw_lanes(chosen);
      if (width_of(lines) > kWidth || lines.size() > kMaxLanes + 1) chosen.pop_back();
    }
    return chosen;
  }

  std::string lanes() const {
    std::string text = fmt::format(
        "The operations around it, {} (the order is exact, distances are not; |--> outcome "
        "unknown):\n\n",
        view_.timed ? "by time" : "by line");
    for (const std::string& line : draw_lanes(bars())) text += line + "\n";
    return text;
  }

  std::string unused() const {
    return view_.unused.empty() ? "" : wrap("\n" + view_.unused + "\n");
  }

  // Those in the drawn time, and the last before it: what was broken then.
  std::string faults() const {
    std::size_t begin = SIZE_MAX;
    for (const Bar& bar : bars()) {
      if (bar.end != Bar::kOpen) begin = std::min<std::size_t>(begin, bar.begin);
    }
    std::vector<std::string> lines;
    for (const CounterexampleView::Fault& fault : view_.faults) {
      if (fault.is_mark && fault.position < begin) continue;
      if (fault.position < begin) lines.clear();
      lines.push_back(fmt::format("  {}  {}", when(fault.position, fault.at), fault.text));
    }
    if (lines.empty()) return "";
    std::string text = "\nFaults in that time, and the last one before it:\n\n";
    const std::size_t first = lines.size() > kFaults ? lines.size() - kFaults : 0;
    if (first > 0) text += fmt::format("  ... {} before\n", first);
    for (std::size_t i = first; i < lines.size(); ++i) text += lines[i] + "\n";
    return text;
  }

  std::string row(const Operation& operation, const std::string& note) const {
    return fmt::format("  {:<9} {:<8} {:<24}  {}\n", line(operation.invoked), operation.process,
                       operation.label, note);
  }

  std::string linearization() const {
    if (view_.path.empty() && view_.states.empty()) return "";
    std::string text = fmt::format("The longest linearization found has {} of {} operations{}:\n\n",
                                   view_.linearized, view_.counted,
                                   view_.linearized > kTail ? "; it ends in" : "");
    text += fmt::format("  {:<9} {:<8} {:<24}  {}\n", "line", "process", "call", "state after it");
    const std::size_t first = view_.path.size() > kTail ? view_.path.size() - kTail : 0;
    for (std::size_t i = first; i < view_.path.size(); ++i) {
      text += row(view_.path[i].operation, view_.path[i].state);
    }
    text += row(view_.failing, "<== legal in no state that it could meet: " + name_states(view_));
    return text;
  }

  // The few ops that are enough.
  std::string core() const {
    constexpr std::size_t kMost = 30;
    if (!view_.core) return "";
    const auto& operations = view_.core->operations;
    const std::string which =
        operations.size() == 1
            ? "This one alone is impossible"
            : fmt::format("These {} of them alone exclude one another", operations.size());
    std::string text = fmt::format("\n{}{}:\n\n", which, before_core());
    text +=
        fmt::format("  {:<9} {:<8} {:<24}  {}\n", "line", "process", "call", "returned at line");
    for (std::size_t i = 0; i < operations.size() && i < kMost; ++i) {
      const std::size_t returned = operations[i].returned;
      const bool is_open = returned == CounterexampleView::kOpen || returned >= view_.core->to;
      text += row(operations[i], is_open ? "may be left out" : std::to_string(line(returned)));
    }
    if (operations.size() > kMost)
      text += fmt::format("  ... {} more\n", operations.size() - kMost);
    return text;
  }

  std::string before_core() const {
    if (view_.core->from == 0) return "";
    return fmt::format(", whatever happened before line {}", line(view_.core->from));
  }

  const CounterexampleView& view_;
  const LineNumbers& lines_;
};

}  // namespace

Counterexample explain(const History& history, const Value& key, const ObjectHistory& object,
                       const Model& model, const Decision& decision,
                       const std::optional<Core>& core, const LineNumbers& lines) {
  CounterexampleView view = view_counterexample(history, key, object, model, decision, core);
  std::string text = Text(view, lines).text();
  return {std::move(view.sentence), std::move(text)};
}

}  // namespace faultline
