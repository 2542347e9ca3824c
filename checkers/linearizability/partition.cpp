#include "checkers/linearizability/partition.hpp"

#include <fmt/format.h>

#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

std::string name_of(const Op& op) {
  return op.f.empty() ? "nameless op" : printable(op.f.name());
}

}  // namespace

OpResult<void> KeySplitter::add(const History& history, std::uint32_t index) {
  return history[index].type == OpType::invoke ? invoke(history, index) : complete(history, index);
}

OpResult<void> KeySplitter::invoke(const History& history, std::uint32_t index) {
  const Op& op = history[index];
  const auto [key, new_key] =
      by_key_.try_emplace(op.key, static_cast<std::uint32_t>(partitions_.size()));
  if (new_key) partitions_.push_back({op.key, {}});
  auto& operations = partitions_[key->second].operations;
  const Place place{key->second, static_cast<std::uint32_t>(operations.size())};
  const auto [other, idle] = open_.try_emplace(op.process, place);
  if (!idle) {
    const Op& opened = history[operation(other->second).invocation];
    return OpError{index, fmt::format("process {} invokes {} while its {} is open", op.process,
                                      name_of(op), name_of(opened))};
  }
  operations.push_back({index, Operation::kOpen});
  last_ = key->second;
  return {};
}

OpResult<void> KeySplitter::complete(const History& history, std::uint32_t index) {
  const Op& op = history[index];
  const auto it = open_.find(op.process);
  if (it == open_.end()) {
    return OpError{index, fmt::format("process {} completes a {} that it did not invoke",
                                      op.process, name_of(op))};
  }
  const Place place = it->second;
  const Op& opened = history[operation(place).invocation];
  if (opened.f != op.f) {
    return OpError{index, fmt::format("process {} completes a {}, but it invoked a {}", op.process,
                                      name_of(op), name_of(opened))};
  }
  operation(place).completion = index;
  open_.erase(it);
  last_ = place.partition;
  return {};
}

Error OpError::error() const {
  return {fmt::format("op {}: {}", op, what)};
}

OpResult<std::vector<Partition>> split_by_key(const History& history) {
  // Positions are kept in 32 bits.
  if (history.size() >= UINT32_MAX / 2) {
    return OpError{history.size() - 1, "the history has more than 2^31 ops"};
  }
  KeySplitter splitter;
  for (std::uint32_t index = 0; index < history.size(); ++index) {
    if (history[index].is_nemesis()) continue;
    const auto added = splitter.add(history, index);
    if (!added) return added.error();
  }
  return std::move(splitter).take();
}

}  // namespace faultline
