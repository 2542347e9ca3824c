// What shrink tries: a test, and from it one that is smaller in some respect. Pure functions; none
// knows whether what it makes still fails.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/run/schedule.hpp"

namespace faultline {

// Of both phases.
std::vector<Op> ops_of(const ScheduledTest& test);
std::vector<Value> keys_of(const ScheduledTest& test);   // of client ops, in order; nothing is one
std::vector<int> threads_of(const ScheduledTest& test);  // of clients, as they appear

// With these ops in the main phase, which ends with them.
ScheduledTest with_ops(const ScheduledTest& test, std::vector<Op> ops);
// Only with the ops that `keep` wants, in both phases.
ScheduledTest keeping(const ScheduledTest& test, const std::function<bool(const Op&)>& keep);
ScheduledTest with_keys(const ScheduledTest& test, const std::map<Value, Value>& names);

// The threads are numbered from 0, as they appear, and there are no others. By home: the nodes are
// named anew, too, so that each client still begins with the node it began with.
ScheduledTest numbered(const ScheduledTest& test);
ScheduledTest numbered_by_home(const ScheduledTest& test);
// One thread does the ops of another, too; those behind are numbered anew.
ScheduledTest merged(const ScheduledTest& test, int from, int to);

// All nodes, those that faults name most often first.
std::vector<NodeId> nodes_by_use(const ScheduledTest& test);
// Without the other nodes; faults do without them, too.
ScheduledTest with_nodes(const ScheduledTest& test, const std::set<NodeId>& kept);

// Between an op of the main phase and the one before it; before the first one: since 0.
Duration gap_before(const ScheduledTest& test, std::size_t position);
ScheduledTest with_gap(const ScheduledTest& test, std::size_t position, Duration gap);
ScheduledTest started_at_once(const ScheduledTest& test);
bool are_multiples(const ScheduledTest& test, Duration unit);     // the times of the main phase
ScheduledTest rounded(const ScheduledTest& test, Duration unit);  // down: it becomes no longer

}  // namespace faultline
