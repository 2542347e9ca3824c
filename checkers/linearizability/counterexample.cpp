#include "checkers/linearizability/counterexample.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cassert>
#include <set>
#include <span>

#include "checkers/linearizability/lanes.hpp"
#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kMaxLanes = 20;
constexpr std::size_t kMaxBars = 28;
constexpr std::size_t kTail = 8;     // ops of the linearization that are listed
constexpr std::size_t kStates = 8;   // that are named
constexpr std::size_t kCrashed = 8;  // that are named
constexpr std::size_t kFaults = 5;   // that are listed

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

class Explanation {
 public:
  Explanation(const History& history, const Value& key, const ObjectHistory& object,
              const Model& model, const Decision& decision, const std::optional<Core>& core,
              const LineNumbers& lines)
      : history_(history),
        key_(key),
        object_(object),
        model_(model),
        decision_(decision),
        core_(core),
        lines_(lines),
        timed_(std::any_of(history.begin(), history.end(),
                           [](const Op& op) { return op.time != 0; })) {
    for (std::uint32_t op = 0; op < object.ops.size(); ++op) {
      by_invocation_.emplace(object.ops[op].invoked, op);
    }
    failing_ = by_invocation_.at(decision.failure->op.invocation);
  }

  Counterexample explain() const {
    Counterexample found;
    found.sentence = sentence();
    found.text =
        fmt::format("Not linearizable: {}\n\n{}\n\n", heading(), wrap("  " + found.sentence + "."));
    found.text += lanes() + crashed() + faults() + "\n" + linearization() + core();
    return found;
  }

 private:
  std::string heading() const {
    const std::string key = key_.is_nothing() ? "" : fmt::format("key {}, ", key_.to_string());
    return fmt::format("{}model {}, initially {}", key, model_.name,
                       model_.show_state(object_.initial));
  }

  Process process_of(std::uint32_t op) const { return history_[object_.ops[op].invoked].process; }

  std::string label(std::uint32_t op) const { return model_.describe(object_.call_of(op)).label; }

  std::string states() const {
    const auto& states = decision_.failure->states;
    std::string text;
    const std::size_t named = std::min(states.size(), kStates);
    for (std::size_t i = 0; i < named; ++i) {
      const bool last = i + 1 == named && named == states.size();
      if (i > 0) text += last ? " or " : ", ";
      text += model_.show_state(states[i]);
    }
    if (named < states.size()) text += fmt::format(" or one of {} others", states.size() - named);
    return text;
  }

  std::string sentence() const {
    const Description description = model_.describe(object_.call_of(failing_));
    if (decision_.failure->states.empty()) {
      return fmt::format("{} by process {} {}, but no order of all operations allows it",
                         description.subject, process_of(failing_), description.claim);
    }
    return fmt::format("{} by process {} {}, but when it ran the {} could only be {}",
                       description.subject, process_of(failing_), description.claim, model_.object,
                       states());
  }

  Bar bar_of(std::uint32_t index) const {
    const ObjectHistory::Op& op = object_.ops[index];
    const std::size_t at = op.invoked;
    Bar bar{.lane = process_of(index), .label = label(index), .begin = at, .begin_text = when(at)};
    if (!op.crashed()) bar.end = op.returned;
    bar.marked = index == failing_;
    return bar;
  }

  // What explains most first: the failing op, then what was linearized last, then what else was
  // open while the failing op was.
  std::vector<std::uint32_t> by_interest() const {
    std::vector<std::uint32_t> ops = {failing_};
    const auto& order = decision_.linearization;
    for (std::size_t i = order.size(); i-- > 0 && ops.size() < kMaxBars;) {
      ops.push_back(by_invocation_.at(static_cast<std::uint32_t>(order[i])));
    }
    const ObjectHistory::Op& failed = object_.ops[failing_];
    for (std::uint32_t i = 0; i < object_.ops.size(); ++i) {
      const ObjectHistory::Op& op = object_.ops[i];
      if (op.invoked > failed.returned) break;
      const bool ended = op.returned < failed.invoked;
      const bool fresh = !op.crashed() || op.invoked > failed.invoked;
      if (!ended && fresh && std::find(ops.begin(), ops.end(), i) == ops.end()) ops.push_back(i);
    }
    return ops;
  }

  // As many of them as can be drawn.
  std::vector<Bar> bars() const {
    std::vector<Bar> chosen;
    for (std::uint32_t op : by_interest()) {
      if (chosen.size() == kMaxBars) break;
      chosen.push_back(bar_of(op));
      const auto lines = draw_lanes(chosen);
      if (width_of(lines) > kWidth || lines.size() > kMaxLanes + 1) chosen.pop_back();
    }
    return chosen;
  }

  std::string lanes() const {
    std::string text = fmt::format(
        "The operations around it, {} (the order is exact, distances are not; |--> never "
        "returned):\n\n",
        timed_ ? "by time" : "by line");
    for (const std::string& line : draw_lanes(bars())) text += line + "\n";
    return text;
  }

  // Crashed ops that the linearization did without: they are why a state could also be another.
  std::string crashed() const {
    std::vector<std::string> unused;
    const auto& order = decision_.linearization;
    const ObjectHistory::Op& failed = object_.ops[failing_];
    for (std::uint32_t op = 0; op < object_.ops.size(); ++op) {
      const std::size_t invoked = object_.ops[op].invoked;
      if (!object_.ops[op].crashed() || invoked > failed.returned) continue;
      if (std::find(order.begin(), order.end(), invoked) != order.end()) continue;
      unused.push_back(fmt::format("{} (process {})", label(op), process_of(op)));
    }
    if (unused.empty()) return "";
    const std::size_t named = std::min(unused.size(), kCrashed);
    std::string text = fmt::format("\nOf unknown outcome, and not needed so far: {}",
                                   fmt::join(std::span(unused).first(named), ", "));
    if (named < unused.size()) text += fmt::format(" and {} more", unused.size() - named);
    return wrap(text + ".\n");
  }

  std::size_t line(std::size_t index) const { return lines_.empty() ? index + 2 : lines_[index]; }

  std::string when(std::size_t index) const {
    if (!timed_) return fmt::format("line {}", line(index));
    return fmt::format("{:.3f} s", to_seconds(history_[index].time));
  }

  static std::string fault(const Op& op) {
    if (op.value.is_nothing()) return printable(op.f.name());
    const std::string value =
        op.value.is_text() ? printable(op.value.text()) : op.value.to_string();
    return printable(op.f.name()) + " " + shorten(value, 70);
  }

  // The fault operations in the drawn time, and the last before it: what was broken then.
  std::string faults() const {
    std::size_t begin = history_.size();
    for (const Bar& bar : bars()) {
      if (bar.end != Bar::kOpen) begin = std::min<std::size_t>(begin, bar.begin);
    }
    std::vector<std::string> lines;
    std::set<std::string> open;  // functions invoked and not completed
    for (std::size_t i = 0; i <= decision_.failure->op.completion; ++i) {
      const Op& op = history_[i];
      if (!op.is_nemesis()) continue;
      if (op.f == f::kLeader && i < begin) continue;  // no fault
      // Recorders write a nemesis's invocation as invoke (ours) or as info (Jepsen's).
      if (open.insert(op.f.name()).second) continue;
      open.erase(op.f.name());
      if (i < begin) lines.clear();
      lines.push_back(fmt::format("  {}  {}", when(i), fault(op)));
    }
    if (lines.empty()) return "";
    std::string text = "\nFaults in that time, and the last one before it:\n\n";
    const std::size_t first = lines.size() > kFaults ? lines.size() - kFaults : 0;
    if (first > 0) text += fmt::format("  ... {} before\n", first);
    for (std::size_t i = first; i < lines.size(); ++i) text += lines[i] + "\n";
    return text;
  }

  std::string row(std::uint32_t op, const std::string& note) const {
    return fmt::format("  {:<9} {:<8} {:<24}  {}\n", line(object_.ops[op].invoked), process_of(op),
                       label(op), note);
  }

  std::string linearization() const {
    const auto& order = decision_.linearization;
    if (order.empty() && decision_.failure->states.empty()) return "";
    std::string text =
        fmt::format("The longest linearization found has {} of {} operations{}:\n\n", order.size(),
                    decision_.ops, order.size() > kTail ? "; it ends in" : "");
    text += fmt::format("  {:<9} {:<8} {:<24}  {}\n", "line", "process", "call", "state after it");
    Value state = object_.initial;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::uint32_t op = by_invocation_.at(static_cast<std::uint32_t>(order[i]));
      auto next = model_.step(state, object_.call_of(op));
      assert(next && "a linearization is legal");
      state = std::move(*next);
      if (i + kTail >= order.size()) text += row(op, model_.show_state(state));
    }
    text += row(failing_, "<== legal in no state that it could meet: " + states());
    return text;
  }

  // The few ops that are enough.
  std::string core() const {
    constexpr std::size_t kMost = 30;
    if (!core_) return "";
    const std::string which =
        core_->ops.size() == 1
            ? "This one alone is impossible"
            : fmt::format("These {} of them alone exclude one another", core_->ops.size());
    std::string text = fmt::format("\n{}{}:\n\n", which, view());
    text +=
        fmt::format("  {:<9} {:<8} {:<24}  {}\n", "line", "process", "call", "returned at line");
    for (std::size_t i = 0; i < core_->ops.size() && i < kMost; ++i) {
      const std::uint32_t op = by_invocation_.at(static_cast<std::uint32_t>(core_->ops[i]));
      const std::size_t returned = object_.ops[op].returned;
      const bool is_open = object_.ops[op].crashed() || returned >= core_->to;
      text += row(op, is_open ? "may be left out" : std::to_string(line(returned)));
    }
    if (core_->ops.size() > kMost)
      text += fmt::format("  ... {} more\n", core_->ops.size() - kMost);
    return text;
  }

  std::string view() const {
    if (core_->from == 0) return "";
    return fmt::format(", whatever happened before line {}", line(core_->from));
  }

  const History& history_;
  const Value& key_;
  const ObjectHistory& object_;
  const Model& model_;
  const Decision& decision_;
  const std::optional<Core>& core_;
  const LineNumbers& lines_;
  const bool timed_;
  boost::unordered_flat_map<std::uint32_t, std::uint32_t> by_invocation_;
  std::uint32_t failing_ = 0;
};

}  // namespace

Counterexample explain(const History& history, const Value& key, const ObjectHistory& object,
                       const Model& model, const Decision& decision,
                       const std::optional<Core>& core, const LineNumbers& lines) {
  return Explanation(history, key, object, model, decision, core, lines).explain();
}

}  // namespace faultline
