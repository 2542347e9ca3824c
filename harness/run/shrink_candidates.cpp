#include "harness/run/shrink_candidates.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "harness/run/op_nodes.hpp"

namespace faultline {
namespace {

using Ops = std::vector<Op>;

// Calls visit(ops) for those of each phase.
template <class Test, class Visit>
void for_each_phase(Test& test, const Visit& visit) {
  visit(test.schedule.main.ops);
  if (test.schedule.last) visit(test.schedule.last->ops);
}

int thread_of(const ScheduledTest& test, const Op& op) {
  return op.process % test.plan.concurrency;
}

// The threads under new numbers, of which there are `count`.
ScheduledTest with_threads(const ScheduledTest& test, const std::map<int, int>& numbers,
                           int count) {
  ScheduledTest result = test;
  for_each_phase(result, [&](Ops& ops) {
    for (Op& op : ops) {
      if (!op.is_nemesis()) op.process = numbers.at(thread_of(test, op));
    }
  });
  result.plan.concurrency = std::max(1, count);
  result.plan.threads_per_key = 1;  // fits any number of threads, and says nothing here
  return result;
}

std::map<int, int> numbers_of(const std::vector<int>& threads) {
  std::map<int, int> numbers;
  for (const int thread : threads) numbers.emplace(thread, static_cast<int>(numbers.size()));
  return numbers;
}

ScheduledTest with_names(const ScheduledTest& test, const Renaming& renaming) {
  ScheduledTest result = test;
  for_each_phase(result, [&](Ops& ops) {
    Ops some;
    for (Op& op : ops) {
      auto other = op.is_nemesis() ? renamed(std::move(op), renaming) : std::move(op);
      if (other) some.push_back(std::move(*other));
    }
    ops = std::move(some);
  });
  return result;
}

}  // namespace

std::vector<Op> ops_of(const ScheduledTest& test) {
  Ops all;
  for_each_phase(test, [&all](const Ops& ops) { all.insert(all.end(), ops.begin(), ops.end()); });
  return all;
}

std::vector<Value> keys_of(const ScheduledTest& test) {
  std::set<Value> keys;
  for_each_phase(test, [&keys](const Ops& ops) {
    for (const Op& op : ops) {
      if (!op.is_nemesis()) keys.insert(op.key);
    }
  });
  return {keys.begin(), keys.end()};
}

std::vector<int> threads_of(const ScheduledTest& test) {
  std::vector<int> threads;
  for_each_phase(test, [&](const Ops& ops) {
    for (const Op& op : ops) {
      if (op.is_nemesis()) continue;
      const int thread = thread_of(test, op);
      if (std::ranges::find(threads, thread) == threads.end()) threads.push_back(thread);
    }
  });
  return threads;
}

ScheduledTest with_ops(const ScheduledTest& test, std::vector<Op> ops) {
  ScheduledTest result{test.plan, {{std::move(ops), 0}, test.schedule.last}};
  if (!result.schedule.main.ops.empty()) {
    result.schedule.main.end = result.schedule.main.ops.back().time;
  }
  return result;
}

ScheduledTest keeping(const ScheduledTest& test, const std::function<bool(const Op&)>& keep) {
  ScheduledTest result = test;
  for_each_phase(result, [&](Ops& ops) { std::erase_if(ops, std::not_fn(keep)); });
  return result;
}

ScheduledTest with_keys(const ScheduledTest& test, const std::map<Value, Value>& names) {
  ScheduledTest result = test;
  for_each_phase(result, [&](Ops& ops) {
    for (Op& op : ops) {
      if (!op.is_nemesis()) op.key = names.at(op.key);
    }
  });
  return result;
}

ScheduledTest numbered(const ScheduledTest& test) {
  const auto numbers = numbers_of(threads_of(test));
  return with_threads(test, numbers, static_cast<int>(numbers.size()));
}

ScheduledTest numbered_by_home(const ScheduledTest& test) {
  const int nodes = test.plan.nodes;
  std::map<NodeId, NodeId> names;
  std::set<NodeId> taken;
  const auto threads = threads_of(test);
  for (std::size_t i = 0; i < threads.size(); ++i) {
    const NodeId before = threads[i] % nodes;
    const NodeId now = static_cast<NodeId>(i) % nodes;
    if (!taken.contains(now) && names.emplace(before, now).second) taken.insert(now);
  }
  NodeId next = 0;
  for (NodeId node = 0; node < nodes; ++node) {
    if (names.contains(node)) continue;
    while (taken.contains(next)) ++next;
    names.emplace(node, next);
    taken.insert(next);
  }
  const auto renaming = [&](NodeId node) -> std::optional<NodeId> { return names.at(node); };
  return numbered(with_names(test, renaming));
}

ScheduledTest merged(const ScheduledTest& test, int from, int to) {
  std::map<int, int> numbers;
  for (int thread = 0; thread < test.plan.concurrency; ++thread) {
    numbers[thread] = thread == from ? to : thread > from ? thread - 1 : thread;
  }
  return with_threads(test, numbers, test.plan.concurrency - 1);
}

std::vector<NodeId> nodes_by_use(const ScheduledTest& test) {
  std::map<NodeId, int> uses;
  for (const Op& op : ops_of(test)) {
    if (!op.is_nemesis()) continue;
    for (const NodeId node : nodes_named(op)) ++uses[node];
  }
  std::vector<NodeId> nodes(static_cast<std::size_t>(test.plan.nodes));
  std::iota(nodes.begin(), nodes.end(), 0);
  std::ranges::stable_sort(nodes, std::greater{}, [&uses](NodeId node) { return uses[node]; });
  return nodes;
}

ScheduledTest with_nodes(const ScheduledTest& test, const std::set<NodeId>& kept) {
  const auto renaming = [&kept](NodeId node) -> std::optional<NodeId> {
    const auto found = kept.find(node);
    if (found == kept.end()) return std::nullopt;
    return static_cast<NodeId>(std::distance(kept.begin(), found));
  };
  ScheduledTest result = with_names(test, renaming);
  result.plan.nodes = static_cast<int>(kept.size());
  return result;
}

Duration gap_before(const ScheduledTest& test, std::size_t position) {
  const Ops& ops = test.schedule.main.ops;
  return ops[position].time - (position == 0 ? 0 : ops[position - 1].time);
}

ScheduledTest with_gap(const ScheduledTest& test, std::size_t position, Duration gap) {
  const Duration gain = gap_before(test, position) - gap;
  Ops ops = test.schedule.main.ops;
  for (std::size_t i = position; i < ops.size(); ++i) ops[i].time -= gain;
  return with_ops(test, std::move(ops));
}

ScheduledTest started_at_once(const ScheduledTest& test) {
  return test.schedule.main.ops.empty() ? test : with_gap(test, 0, 0);
}

bool are_multiples(const ScheduledTest& test, Duration unit) {
  return std::ranges::all_of(test.schedule.main.ops,
                             [unit](const Op& op) { return op.time % unit == 0; });
}

ScheduledTest rounded(const ScheduledTest& test, Duration unit) {
  Ops ops = test.schedule.main.ops;
  for (Op& op : ops) op.time -= op.time % unit;
  return with_ops(test, std::move(ops));
}

}  // namespace faultline
