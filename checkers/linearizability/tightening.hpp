// Tightening: a value that only one op can make ties the ops that have to do with it together.
//
// If `p` is the only op that can make the value v, and the object does not begin with v, then v is
// the state exactly once, from p on until an op leaves it. Hence, for every completed op o that
// needs v: p is linearized before o, so before o returns, and o after p, so after p is invoked. If
// p crashed, it did happen. A completed op c that needs v and makes another value is the one that
// leaves v, so all others that need v are linearized before c. Each of these moves an op's
// invocation later or its return earlier without losing a linearization; they are applied until
// nothing changes.
//
// Zones (Gibbons and Korach 1997). When the first op that has to do with v has returned, v has been
// made; when the last one is invoked, v is still to be the state. So if that return comes before
// that invocation, v is the state all the time between, the zone of v. (The initial value, if no op
// makes it, is the state from the start on.) Hence an op that needs or makes another value, or
// excludes v, is linearized before the zone if it returns within, after it if it is invoked within,
// and nowhere if both; and two zones exclude each other if they overlap.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checkers/linearizability/object_history.hpp"

namespace faultline {

// The part of the history in which an op must be linearized, as positions of events.
struct Span {
  static constexpr std::uint32_t kNever = UINT32_MAX;
  std::uint32_t begin = 0;
  std::uint32_t end = kNever;  // kNever: a crashed op, which need not happen
  std::uint32_t cause = 0;     // the op whose return `end` is
  bool optional = false;       // it need not happen, even if it has an end
};

// Tightens the spans of ops with these rules; `values` is how many values there are, 0 the initial
// one. Returns an op that cannot be linearized at all, if that comes to light. Where a relaxation
// lets the object begin with other values, too, the start is one more op that makes each of them;
// where the state may jump to a value, that is made more than once.
std::optional<std::uint32_t> tighten(std::vector<Span>& spans,
                                     const std::vector<const ValueRule*>& rules, std::size_t values,
                                     const ObjectHistory::Freedom& freedom = {});

}  // namespace faultline
