#include "checkers/linearizability/partition.hpp"

#include <fmt/format.h>

#include <boost/unordered/unordered_flat_map.hpp>

#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

struct Place {
  std::uint32_t partition;
  std::uint32_t operation;
};

std::string name_of(const Op& op) {
  return op.f.empty() ? "nameless op" : printable(op.f.name());
}

class Splitter {
 public:
  explicit Splitter(const History& history) : history_(history) {}

  OpResult<std::vector<Partition>> split() {
    // Positions are kept in 32 bits.
    if (history_.size() >= UINT32_MAX / 2)
      return OpError{history_.size() - 1, "the history has more than 2^31 ops"};
    for (std::uint32_t index = 0; index < history_.size(); ++index) {
      const Op& op = history_[index];
      if (op.is_nemesis()) continue;
      const auto done = op.type == OpType::invoke ? invoke(index) : complete(index);
      if (!done) return done.error();
    }
    return std::move(partitions_);
  }

 private:
  OpResult<void> invoke(std::uint32_t index) {
    const Op& op = history_[index];
    const auto [key, new_key] = by_key_.try_emplace(op.key, partitions_.size());
    if (new_key) partitions_.push_back({op.key, {}});
    auto& operations = partitions_[key->second].operations;
    const Place place{key->second, static_cast<std::uint32_t>(operations.size())};
    const auto [other, idle] = open_.try_emplace(op.process, place);
    if (!idle) {
      return OpError{index, fmt::format("process {} invokes {} while its {} is open", op.process,
                                        name_of(op), name_of(opened(other->second)))};
    }
    operations.push_back({index, Operation::kOpen});
    return {};
  }

  OpResult<void> complete(std::uint32_t index) {
    const Op& op = history_[index];
    const auto it = open_.find(op.process);
    if (it == open_.end()) {
      return OpError{index, fmt::format("process {} completes a {} that it did not invoke",
                                        op.process, name_of(op))};
    }
    if (opened(it->second).f != op.f) {
      return OpError{index, fmt::format("process {} completes a {}, but it invoked a {}",
                                        op.process, name_of(op), name_of(opened(it->second)))};
    }
    operation(it->second).completion = index;
    open_.erase(it);
    return {};
  }

  Operation& operation(Place place) {
    return partitions_[place.partition].operations[place.operation];
  }
  const Op& opened(Place place) { return history_[operation(place).invocation]; }

  const History& history_;
  std::vector<Partition> partitions_;
  boost::unordered_flat_map<Value, std::uint32_t> by_key_;
  boost::unordered_flat_map<Process, Place> open_;
};

}  // namespace

Error OpError::error() const {
  return {fmt::format("op {}: {}", op, what)};
}

OpResult<std::vector<Partition>> split_by_key(const History& history) {
  return Splitter(history).split();
}

}  // namespace faultline
