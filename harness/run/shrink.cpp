#include "harness/run/shrink.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <ranges>
#include <set>
#include <utility>
#include <vector>

#include "harness/run/op_nodes.hpp"
#include "harness/run/shrink_candidates.hpp"
#include "harness/run/shrink_list.hpp"

namespace faultline {
namespace {

using Ops = std::vector<Op>;

class Shrinker {
 public:
  Shrinker(ScheduledTest test, const ShrinkHooks& hooks) : best_(std::move(test)), hooks_(hooks) {}

  Shrunk run() {
    cut_end();
    cut_beginning();
    constexpr int kMostRounds = 50;  // far more than were ever needed
    bool changed = true;
    for (int round = 0; changed && round < kMostRounds && !hooks_.should_stop(); ++round) {
      changed = false;
      drop_final_phase();
      drop_keys();
      drop_faults();
      drop_ops();
      merge_processes();
      drop_nodes();
      close_gaps();
      round_times();
      rename_keys();
      changed = std::exchange(changed_, false);
    }
    return {std::move(best_), !changed && !hooks_.should_stop()};
  }

 private:
  bool accept(const char* what, ScheduledTest candidate, Effort effort = Effort::seeds) {
    if (hooks_.should_stop()) return false;
    hooks_.progress(what, best_);
    const auto seed = hooks_.fails(candidate, effort);
    if (!seed) return false;
    best_ = std::move(candidate);
    best_.plan.seed = *seed;
    changed_ = true;
    return true;
  }

  // Up to the violation the run stays the same: it fails with that many of its ops, or it does not.
  void cut_end() {
    if (best_.schedule.last) return;
    std::size_t too_few = 0;
    std::size_t enough = best_.schedule.main.ops.size();
    while (too_few + 1 < enough && !hooks_.should_stop()) {
      const std::size_t middle = too_few + (enough - too_few) / 2;
      const Ops& ops = best_.schedule.main.ops;
      Ops some(ops.begin(), ops.begin() + static_cast<std::ptrdiff_t>(middle));
      const bool failed = accept("cut its end", with_ops(best_, std::move(some)), Effort::own_seed);
      (failed ? enough : too_few) = middle;
    }
  }

  // Most of a long run only leads to its end. The shortest end first: it is the cheapest to try.
  void cut_beginning() {
    const Ops all = best_.schedule.main.ops;
    if (all.empty() || best_.schedule.last) return;
    const Duration length = all.back().time - all.front().time;
    for (const int part : {64, 32, 16, 8, 4, 2}) {
      const Time begin = all.back().time - length / part;
      const auto first = std::ranges::lower_bound(all, begin, {}, &Op::time);
      Ops some(first, all.end());
      if (some.size() == all.size()) return;
      if (accept("cut its beginning", started_at_once(with_ops(best_, std::move(some))))) return;
    }
  }

  void drop_final_phase() {
    if (!best_.schedule.last) return;
    ScheduledTest candidate = best_;
    candidate.schedule.last.reset();
    if (accept("drop the final phase", std::move(candidate))) return;
    const ScheduledTest all = best_;
    const auto fails = [&](const Positions& kept) {
      ScheduledTest some = all;
      Ops& ops = some.schedule.last->ops;
      ops.clear();
      for (const std::size_t i : kept) ops.push_back(all.schedule.last->ops[i]);
      some.schedule.last->end = ops.empty() ? 0 : ops.back().time;
      return accept("drop ops of the final phase", std::move(some));
    };
    if (!all.schedule.last->ops.empty()) {
      ddmin(all.schedule.last->ops.size(), fails, hooks_.should_stop);
    }
  }

  void drop_keys() {
    const std::vector<Value> keys = keys_of(best_);
    if (keys.size() < 2) return;
    const ScheduledTest all = best_;
    const auto fails = [&](const Positions& kept) {
      std::set<Value> some;
      for (const std::size_t i : kept) some.insert(keys[i]);
      return accept("drop keys", keeping(all, [&some](const Op& op) {
                      return op.is_nemesis() || some.contains(op.key);
                    }));
    };
    ddmin(keys.size(), fails, hooks_.should_stop);
  }

  // Those of the main phase that `is_one` picks.
  template <class IsOne>
  void drop(const char* what, const IsOne& is_one) {
    const ScheduledTest all = best_;
    Positions ones;
    for (std::size_t i = 0; i < all.schedule.main.ops.size(); ++i) {
      if (is_one(all.schedule.main.ops[i])) ones.push_back(i);
    }
    const auto fails = [&](const Positions& kept) {
      std::vector<bool> keep(all.schedule.main.ops.size(), true);
      for (const std::size_t i : ones) keep[i] = false;
      for (const std::size_t i : kept) keep[ones[i]] = true;
      Ops some;
      for (std::size_t i = 0; i < keep.size(); ++i) {
        if (keep[i]) some.push_back(all.schedule.main.ops[i]);
      }
      return accept(what, with_ops(all, std::move(some)));
    };
    ddmin(ones.size(), fails, hooks_.should_stop);
  }
  void drop_faults() {
    drop("drop faults", [](const Op& op) { return op.is_nemesis(); });
  }
  void drop_ops() {
    drop("drop ops", [](const Op& op) { return !op.is_nemesis(); });
  }

  void merge_processes() {
    const char* const kWhat = "fewer processes";
    const auto unused = [this] {
      return threads_of(best_).size() < static_cast<std::size_t>(best_.plan.concurrency);
    };
    if (unused() && !accept(kWhat, numbered_by_home(best_))) accept(kWhat, numbered(best_));
    for (int from = best_.plan.concurrency; from-- > 1 && !hooks_.should_stop();) {
      for (int to = 0; to < from; ++to) {
        if (from < best_.plan.concurrency && accept(kWhat, merged(best_, from, to))) break;
      }
    }
  }

  // First to as few as can be at once, without those that faults name least; then one by one.
  void drop_nodes() {
    const char* const kWhat = "fewer nodes";
    const std::vector<NodeId> by_use = nodes_by_use(best_);
    for (std::size_t size = 1; size < by_use.size(); ++size) {
      const std::set<NodeId> kept(by_use.begin(),
                                  by_use.begin() + static_cast<std::ptrdiff_t>(size));
      if (accept(kWhat, with_nodes(best_, kept))) return;
    }
    for (NodeId victim = best_.plan.nodes; victim-- > 0;) {
      if (best_.plan.nodes < 2 || victim >= best_.plan.nodes) continue;
      std::set<NodeId> kept;
      for (NodeId node = 0; node < best_.plan.nodes; ++node) {
        if (node != victim) kept.insert(node);
      }
      accept(kWhat, with_nodes(best_, kept));
    }
  }

  // Everything behind a gap comes earlier.
  void close_gaps() {
    constexpr Duration kLeastGain = 10 * kMillisecond;
    if (best_.schedule.last) return;
    for (std::size_t i = 0; i < best_.schedule.main.ops.size() && !hooks_.should_stop(); ++i) {
      for (const int part : {0, 1, 2}) {
        const Duration gap = gap_before(best_, i);
        const Duration target = gap * part / 4 / kLeastGain * kLeastGain;
        if (gap - target < kLeastGain) break;
        if (accept("close gaps", with_gap(best_, i, target))) break;
      }
    }
  }

  // For those who read it.
  void round_times() {
    if (best_.schedule.last) return;
    for (const Duration unit : {100 * kMillisecond, 10 * kMillisecond, kMillisecond}) {
      if (are_multiples(best_, unit)) return;
      if (accept("round times", rounded(best_, unit))) return;
    }
  }

  void rename_keys() {
    const std::vector<Value> keys = keys_of(best_);
    std::map<Value, Value> names;
    bool changes = false;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!keys[i].is_integer()) return;
      const Value name(static_cast<std::int64_t>(i));
      changes = changes || name != keys[i];
      names.emplace(keys[i], name);
    }
    if (changes) accept("rename keys", with_keys(best_, names));
  }

  ScheduledTest best_;
  const ShrinkHooks& hooks_;
  bool changed_ = false;
};

}  // namespace

Shrunk shrink(ScheduledTest test, const ShrinkHooks& hooks) {
  return Shrinker(std::move(test), hooks).run();
}

Extent extent_of(const ScheduledTest& test) {
  Extent extent;
  const Ops ops = ops_of(test);
  for (const Op& op : ops) ++(op.is_nemesis() ? extent.faults : extent.ops);
  extent.processes = threads_of(test).size();
  extent.keys = keys_of(test).size();
  extent.nodes = test.plan.nodes;
  extent.time = ops.empty() ? 0 : ops.back().time - ops.front().time;
  return extent;
}

}  // namespace faultline
