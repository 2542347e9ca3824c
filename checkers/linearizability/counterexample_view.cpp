#include "checkers/linearizability/counterexample_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cassert>

#include "checkers/models/models.hpp"
#include "harness/core/nemesis_op.hpp"
#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

constexpr std::size_t kMostLinearized = 28;  // of those around the failing op
constexpr std::size_t kSteps = 64;           // of the linearization
constexpr std::size_t kNamedStates = 8;
constexpr std::size_t kNamedCrashed = 8;

using View = CounterexampleView;

std::string text_of(const Op& op) {
  constexpr std::size_t kMost = 70;
  if (op.value.is_nothing()) return printable(op.f.name());
  const bool is_leader = op.is_nemesis() && op.f == f::kLeader;
  const std::string value = is_leader            ? printable(LeaderMark::of(op.value).text())
                            : op.value.is_text() ? printable(op.value.text())
                                                 : op.value.to_string();
  return printable(op.f.name()) + " " + shorten(value, kMost);
}

class Viewer {
 public:
  Viewer(const History& history, const Value& key, const ObjectHistory& object, const Model& model,
         const Decision& decision, const std::optional<Core>& core)
      : history_(history),
        key_(key),
        object_(object),
        model_(model),
        decision_(decision),
        core_(core) {
    for (std::uint32_t op = 0; op < object.ops.size(); ++op) {
      by_invocation_.emplace(object.ops[op].invoked, op);
    }
    failing_ = by_invocation_.at(decision.failure->op.invocation);
  }

  View view() const {
    View view;
    view.heading = heading();
    view.timed =
        std::any_of(history_.begin(), history_.end(), [](const Op& op) { return op.time != 0; });
    view.failing = operation(failing_);
    const auto& states = decision_.failure->states;
    for (std::size_t i = 0; i < states.size() && i < kNamedStates; ++i) {
      view.states.push_back(model_.show_state(states[i]));
    }
    view.more_states = states.size() - view.states.size();
    view.sentence = sentence(view);
    for (const std::uint32_t op : around()) view.around.push_back(operation(op));
    view.unused = unused();
    view.faults = faults();
    view.counted = decision_.ops;
    view.linearized = decision_.linearization.size();
    view.path = path();
    view.core = core();
    return view;
  }

 private:
  std::string heading() const {
    const std::string key = key_.is_nothing() ? "" : fmt::format("key {}, ", key_.to_string());
    return fmt::format("{}model {}, initially {}", key, model_.name,
                       model_.show_state(object_.initial));
  }

  View::Operation operation(std::uint32_t index) const {
    const ObjectHistory::Op& op = object_.ops[index];
    const Op& invoked = history_[op.invoked];
    View::Operation operation;
    operation.invoked = op.invoked;
    operation.process = invoked.process;
    operation.label = model_.describe(object_.call_of(index)).label;
    operation.begin = invoked.time;
    if (op.crashed()) return operation;
    operation.returned = op.returned;
    operation.end = history_[op.returned].time;
    return operation;
  }

  std::string sentence(const View& view) const {
    const Description description = model_.describe(object_.call_of(failing_));
    const Process process = history_[object_.ops[failing_].invoked].process;
    if (view.states.empty()) {
      return fmt::format("{} by process {} {}, but no order of all operations allows it",
                         description.subject, process, description.claim);
    }
    return fmt::format("{} by process {} {}, but when it ran the {} could only be {}",
                       description.subject, process, description.claim, model_.object,
                       name_states(view));
  }

  // The failing op, then what was linearized last, then what else was open while the failing op
  // was.
  std::vector<std::uint32_t> around() const {
    std::vector<std::uint32_t> ops = {failing_};
    const auto& order = decision_.linearization;
    for (std::size_t i = order.size(); i-- > 0 && ops.size() < kMostLinearized;) {
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

  std::string unused() const {
    const auto& order = decision_.linearization;
    const boost::unordered_flat_set<std::size_t> used(order.begin(), order.end());
    std::vector<std::string> names;
    std::size_t more = 0;
    for (std::uint32_t op = 0; op < object_.ops.size(); ++op) {
      const std::size_t invoked = object_.ops[op].invoked;
      if (invoked > object_.ops[failing_].returned) break;
      if (!object_.ops[op].crashed() || used.contains(invoked)) continue;
      if (names.size() == kNamedCrashed) {
        ++more;
        continue;
      }
      const View::Operation shown = operation(op);
      names.push_back(fmt::format("{} (process {})", shown.label, shown.process));
    }
    if (names.empty()) return "";
    return fmt::format("Of unknown outcome, and not needed so far: {}{}.", fmt::join(names, ", "),
                       more > 0 ? fmt::format(" and {} more", more) : "");
  }

  std::vector<View::Fault> faults() const {
    std::vector<View::Fault> faults;
    for (const NemesisOp& of : nemesis_ops(history_)) {
      if (!of.completion || *of.completion > decision_.failure->op.completion) continue;
      const Op& op = history_[*of.completion];
      const bool leads = op.f == f::kLeader;
      if (!leads && !is_fault_or_cure(op)) continue;
      faults.push_back({*of.completion, op.time, text_of(op), leads});
    }
    std::ranges::sort(faults, {}, &View::Fault::position);
    return faults;
  }

  std::vector<View::Step> path() const {
    std::vector<View::Step> path;
    Value state = object_.initial;
    std::size_t left = decision_.linearization.size();
    for (const std::size_t invoked : decision_.linearization) {
      const std::uint32_t op = by_invocation_.at(static_cast<std::uint32_t>(invoked));
      auto next = model_.step(state, object_.call_of(op));
      assert(next && "a linearization is legal");
      state = std::move(*next);
      if (left-- <= kSteps) path.push_back({operation(op), model_.show_state(state)});
    }
    return path;
  }

  std::optional<View::Core> core() const {
    if (!core_) return std::nullopt;
    View::Core core{core_->from, core_->to, {}};
    if (core_->to == Core::kEnd) core.to = View::kOpen;
    for (const std::size_t invoked : core_->ops) {
      core.operations.push_back(operation(by_invocation_.at(static_cast<std::uint32_t>(invoked))));
    }
    return core;
  }

  const History& history_;
  const Value& key_;
  const ObjectHistory& object_;
  const Model& model_;
  const Decision& decision_;
  const std::optional<Core>& core_;
  boost::unordered_flat_map<std::uint32_t, std::uint32_t> by_invocation_;
  std::uint32_t failing_ = 0;
};

}  // namespace

std::string name_states(const CounterexampleView& view) {
  std::string text;
  for (std::size_t i = 0; i < view.states.size(); ++i) {
    const bool last = i + 1 == view.states.size() && view.more_states == 0;
    if (i > 0) text += last ? " or " : ", ";
    text += view.states[i];
  }
  if (view.more_states > 0) text += fmt::format(" or one of {} others", view.more_states);
  return text;
}

CounterexampleView view_counterexample(const History& history, const Value& key,
                                       const ObjectHistory& object, const Model& model,
                                       const Decision& decision, const std::optional<Core>& core) {
  return Viewer(history, key, object, model, decision, core).view();
}

std::optional<CounterexampleView> view_counterexample(const History& history,
                                                      const Evidence& evidence,
                                                      const Limits& limits) {
  const auto part = std::find_if(evidence.parts.begin(), evidence.parts.end(),
                                 [](const auto& p) { return p.verdict == Verdict::invalid; });
  const Model* model = find_model(evidence.model);
  const auto partitions = split_by_key(history);
  if (part == evidence.parts.end() || model == nullptr || !partitions) return std::nullopt;
  for (const Partition& partition : *partitions) {
    if (partition.key != part->key) continue;
    const auto object = read_object(history, partition, *model, evidence.initial,
                                    {evidence.nil_read_unconstrained});
    if (!object) return std::nullopt;
    const Decision decision = decide(*object, *model, limits);
    if (!decision.failure) return std::nullopt;
    const auto is_there = [&](std::size_t invoked) {
      return std::any_of(object->ops.begin(), object->ops.end(),
                         [&](const ObjectHistory::Op& op) { return op.invoked == invoked; });
    };
    if (part->core && !std::all_of(part->core->ops.begin(), part->core->ops.end(), is_there)) {
      return std::nullopt;
    }
    return view_counterexample(history, partition.key, *object, *model, decision, part->core);
  }
  return std::nullopt;
}

}  // namespace faultline
