// Partition: a history split into independent objects (P-compositionality: Horn and Kroening,
// 2015): a history is linearizable iff the part of every object is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/op.hpp"
#include "harness/core/result.hpp"

namespace faultline {

// An invocation and its completion, as positions in the history.
struct Operation {
  static constexpr std::uint32_t kOpen = UINT32_MAX;
  std::uint32_t invocation = 0;
  std::uint32_t completion = kOpen;  // kOpen: the history ends before it
};

struct Partition {
  Value key;                          // nothing if the ops name no key
  std::vector<Operation> operations;  // in the order of invocation
};

// What is wrong with a history, and where.
struct OpError {
  std::size_t op = 0;  // its position in the history
  std::string what;
  Error error() const;  // "op 7: ..."
};

template <class T>
using OpResult = boost::system::result<T, OpError>;

// Pairs invocations with completions and sorts them by key; the keys in the order in which they
// first appear. Nemesis ops are skipped. An error names the op where a process broke the rule of
// one open op at a time.
OpResult<std::vector<Partition>> split_by_key(const History& history);

}  // namespace faultline
