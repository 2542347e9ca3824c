#include "checkers/linearizability/partition.hpp"

#include <fmt/format.h>

#include <boost/unordered/unordered_flat_map.hpp>

namespace faultline {
namespace {

struct Place {
  std::uint32_t partition;
  std::uint32_t operation;
};

class Splitter {
 public:
  explicit Splitter(const History& history) : history_(history) {}

  Result<std::vector<Partition>> split() {
    // Positions are kept in 31 bits.
    if (history_.size() >= UINT32_MAX / 2) return Error{"the history has more than 2^31 ops"};
    for (std::uint32_t index = 0; index < history_.size(); ++index) {
      const Op& op = history_[index];
      if (op.is_nemesis()) continue;
      const auto done = op.type == OpType::invoke ? invoke(index) : complete(index);
      if (!done) return done.error();
    }
    return std::move(partitions_);
  }

 private:
  Result<void> invoke(std::uint32_t index) {
    const Op& op = history_[index];
    const auto [key, new_key] = by_key_.try_emplace(op.key, partitions_.size());
    if (new_key) partitions_.push_back({op.key, {}});
    auto& operations = partitions_[key->second].operations;
    const Place place{key->second, static_cast<std::uint32_t>(operations.size())};
    const auto [other, idle] = open_.try_emplace(op.process, place);
    if (!idle) {
      return Error{fmt::format("op {}: process {} invokes {} while its {} of op {} is open", index,
                               op.process, op.f.name(), opened(other->second).f.name(),
                               operation(other->second).invocation)};
    }
    operations.push_back({index, Operation::kOpen});
    return {};
  }

  Result<void> complete(std::uint32_t index) {
    const Op& op = history_[index];
    const auto it = open_.find(op.process);
    if (it == open_.end()) {
      return Error{fmt::format("op {}: process {} completes a {} that it did not invoke", index,
                               op.process, op.f.name())};
    }
    if (opened(it->second).f != op.f) {
      return Error{fmt::format("op {}: process {} completes a {}, but it invoked a {} in op {}",
                               index, op.process, op.f.name(), opened(it->second).f.name(),
                               operation(it->second).invocation)};
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

Result<std::vector<Partition>> split_by_key(const History& history) {
  return Splitter(history).split();
}

}  // namespace faultline
