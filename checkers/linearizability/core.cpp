#include "checkers/linearizability/core.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "checkers/linearizability/refutation.hpp"
#include "checkers/linearizability/relaxation.hpp"
#include "checkers/unique/decide_unique.hpp"

namespace faultline {
namespace {

using SteadyClock = std::chrono::steady_clock;

// For each question whether what is kept is linearizable: at first, and afterwards besides a
// multiple of what the last refutation took.
constexpr std::uint64_t kFirstSteps = 200'000;
constexpr std::uint64_t kLeastSteps = 20'000;

class CoreFinder {
 public:
  CoreFinder(const ObjectHistory& object, const Model& model, const Decision& decision,
             const Limits& limits)
      : object_(object),
        model_(model),
        decision_(decision),
        limits_(limits),
        start_(SteadyClock::now()) {
    const std::uint32_t invocation = decision.failure->op.invocation;
    const auto at = std::lower_bound(
        object.ops.begin(), object.ops.end(), invocation,
        [](const ObjectHistory::Op& op, std::uint32_t invoked) { return op.invoked < invoked; });
    failing_ = static_cast<std::uint32_t>(at - object.ops.begin());
  }

  std::optional<Core> find() {
    if (decision_.refuted) return find_within(*decision_.refuted);
    // Items may be left out of what begins empty.
    if (!decision_.conflict.empty() && object_.initial.items().empty()) {
      const std::vector<std::uint32_t> simpler = conflict_without_takers();
      if (!simpler.empty()) {
        if (auto core = find_in_conflict(simpler)) return core;
      }
      if (auto core = find_in_conflict(decision_.conflict)) return core;
    }
    const auto all = static_cast<std::uint32_t>(object_.ops.size());
    // With states the failure says that there is no linearization up to the return of its op.
    const bool is_cut = !decision_.failure->states.empty();
    const std::uint32_t cut = is_cut ? decision_.failure->op.completion + 1 : ObjectHistory::kNever;
    for (std::uint32_t reach = object_.has_rules() ? kFirstReach : all;; reach *= 4) {
      View view = view_around(object_, failing_, std::min(reach, all));
      view.to = std::min(view.to, cut);
      if (auto core = find_within(view)) return core;
      if (reach >= all || spent()) return std::nullopt;
    }
  }

 private:
  using Units = std::vector<std::vector<std::uint32_t>>;

  // The conflict that was found may depend on how many crashed removes there are, and so need them
  // all, where there is another one among items that they cannot have taken. Empty if not.
  std::vector<std::uint32_t> conflict_without_takers() const {
    const Relaxation relaxation(object_, model_, {});
    const auto kept = relaxation.without_takers(relaxation.most());
    if (!kept) return {};
    const auto spent = [this] { return this->spent(); };
    const auto found = decide_unique(relaxation.keep(*kept), model_, spent);
    if (!found || found->valid) return {};
    std::vector<std::uint32_t> ops;  // of the relaxed history, as ops of the object
    for (std::uint32_t i = 0; i < kept->size(); ++i) {
      if ((*kept)[i]) ops.push_back(relaxation.ops()[i]);
    }
    std::vector<std::uint32_t> conflict;
    for (const std::uint32_t op : found->ops) conflict.push_back(ops[op]);
    return conflict;
  }

  // Up to the end of the conflict, and with crashed ops that may be about any item.
  std::optional<Core> find_in_conflict(const std::vector<std::uint32_t>& conflict) {
    View view{0, 0};
    for (const std::uint32_t op : conflict) {
      const ObjectHistory::Op& in_conflict = object_.ops[op];
      view.to = std::max(view.to, 1 + (in_conflict.crashed() ? 0 : in_conflict.returned));
    }
    const Relaxation relaxation(object_, model_, view);
    std::vector<bool> kept;
    for (const std::uint32_t op : relaxation.ops()) {
      const bool chosen = std::binary_search(conflict.begin(), conflict.end(), op);
      const Call& call = object_.call_of(op);
      const auto item = model_.item == nullptr ? std::nullopt : model_.item(call);
      kept.push_back(chosen || (item && item->is_nothing() && !model_.pure(call)));
    }
    return minimal(relaxation, std::move(kept), view);
  }

  std::optional<Core> find_within(View view) {
    const Relaxation relaxation(object_, model_, view);
    return minimal(relaxation, relaxation.most(), view);
  }

  std::optional<Core> minimal(const Relaxation& relaxation, std::vector<bool> kept, View view) {
    steps_ = std::max(kFirstSteps, 4 * decision_.configurations);
    if (!refutes(relaxation, kept)) return std::nullopt;
    std::size_t before = 0;
    do {  // items may make way for ops, and the other way round
      before = count(kept);
      minimize(relaxation, relaxation.removable_items(kept), kept);
      minimize(relaxation, relaxation.removable_takers(kept), kept);
      minimize(relaxation, relaxation.removable_ops(), kept);
    } while (count(kept) < before);
    Core core{view.from, view.to, {}};
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (kept[i]) core.ops.push_back(object_.ops[relaxation.ops()[i]].invoked);
    }
    return core;
  }

  static std::size_t count(const std::vector<bool>& kept) {
    return static_cast<std::size_t>(std::count(kept.begin(), kept.end(), true));
  }

  // True if what is kept is not linearizable.
  bool refutes(const Relaxation& relaxation, const std::vector<bool>& kept) {
    if (spent()) return false;
    const ObjectHistory relaxed = relaxation.keep(kept);
    Limits limits = limits_;
    limits.steps = std::min(limits.steps, steps_);
    limits.time -=
        std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start_);
    // What is part of a conflict needs no search either.
    const Strategy strategy = decision_.conflict.empty() ? Strategy::depth_first : Strategy::race;
    const Decision decision = search(relaxed, model_, limits, {{}, strategy});
    if (decision.verdict != Verdict::invalid) return false;
    steps_ = kLeastSteps + 4 * decision.configurations;
    return true;
  }

  bool spent() const {
    return limits_.stop.stop_requested() || SteadyClock::now() - start_ >= limits_.time;
  }

  // Leaves out as many units as it can.
  void minimize(const Relaxation& relaxation, Units units, std::vector<bool>& kept) {
    std::erase_if(units, [&](const auto& unit) {
      return std::none_of(unit.begin(), unit.end(), [&](std::uint32_t op) { return kept[op]; });
    });
    sort_by_distance(relaxation, units);
    for (std::size_t size = units.size() / 2; size > 1; size /= 2) {
      leave_out_parts(relaxation, size, units, kept);
    }
    while (leave_out_parts(relaxation, 1, units, kept)) {
    }
  }

  // The farthest from the failing op first.
  void sort_by_distance(const Relaxation& relaxation, Units& units) const {
    const auto distance = [&](const std::vector<std::uint32_t>& unit) {
      const std::int64_t op = relaxation.ops()[unit.back()];
      return std::abs(op - std::int64_t{failing_});
    };
    std::stable_sort(units.begin(), units.end(),
                     [&](const auto& a, const auto& b) { return distance(a) > distance(b); });
  }

  // Tries each run of `size` units; true if any could be left out.
  bool leave_out_parts(const Relaxation& relaxation, std::size_t size, Units& units,
                       std::vector<bool>& kept) {
    Units needed;
    for (std::size_t begin = 0; begin < units.size(); begin += size) {
      const std::size_t end = std::min(units.size(), begin + size);
      std::vector<bool> fewer = kept;
      for (std::size_t i = begin; i < end; ++i) {
        for (const std::uint32_t op : units[i]) fewer[op] = false;
      }
      if (refutes(relaxation, fewer)) {
        kept = std::move(fewer);
      } else {
        for (std::size_t i = begin; i < end; ++i) needed.push_back(std::move(units[i]));
      }
    }
    const bool any = needed.size() < units.size();
    units = std::move(needed);
    return any;
  }

  const ObjectHistory& object_;
  const Model& model_;
  const Decision& decision_;
  const Limits& limits_;
  const SteadyClock::time_point start_;
  std::uint32_t failing_ = 0;  // in object_.ops
  std::uint64_t steps_ = 0;    // for the next question
};

}  // namespace

std::optional<Core> find_core(const ObjectHistory& object, const Model& model,
                              const Decision& decision, const Limits& limits) {
  return CoreFinder(object, model, decision, limits).find();
}

}  // namespace faultline
