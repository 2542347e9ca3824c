// Partition: a history split into independent objects (P-compositionality: Horn and Kroening,
// 2015): a history is linearizable iff the part of every object is.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
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

// Pairs invocations with completions and sorts them by key, an op at a time; the keys in the order
// in which they first appear. One thread.
class KeySplitter {
 public:
  // The client op at `index` of a history. An error names the op where a process broke the rule of
  // one open op at a time.
  OpResult<void> add(const History& history, std::uint32_t index);
  const std::vector<Partition>& partitions() const { return partitions_; }
  std::size_t last() const { return last_; }  // which of them the last op belongs to
  std::vector<Partition> take() && { return std::move(partitions_); }

 private:
  struct Place {
    std::uint32_t partition;
    std::uint32_t operation;
  };

  OpResult<void> invoke(const History& history, std::uint32_t index);
  OpResult<void> complete(const History& history, std::uint32_t index);
  Operation& operation(Place place) {
    return partitions_[place.partition].operations[place.operation];
  }

  std::vector<Partition> partitions_;
  std::size_t last_ = 0;
  boost::unordered_flat_map<Value, std::uint32_t> by_key_;
  boost::unordered_flat_map<Process, Place> open_;
};

// All of a history; nemesis ops are skipped.
OpResult<std::vector<Partition>> split_by_key(const History& history);

}  // namespace faultline
