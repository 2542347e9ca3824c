#include "checkers/accesses.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

OpResult<void> add_write(const History& history, const Operation& operation, KeyAccesses& into) {
  const Op& op = history[operation.invocation];
  const std::uint32_t at = operation.invocation;
  if (!op.value.is_integer()) {
    return OpError{at, fmt::format("writes {}, expected an integer", op.value.to_string())};
  }
  const std::int64_t value = op.value.integer();
  if (into.written.contains(value) || into.failed.contains(value)) {
    return OpError{at, fmt::format("writes {} for the second time: which write a read saw could "
                                   "not be told",
                                   value)};
  }
  const bool open = operation.completion == Operation::kOpen;
  const OpType type = open ? OpType::info : history[operation.completion].type;
  if (type == OpType::fail) {
    into.failed.emplace(value, at);
    return {};
  }
  const bool ok = type == OpType::ok;
  into.written.emplace(value, into.writes.size());
  into.writes.push_back({op.process, at, ok ? operation.completion : Access::kOpen, {value}});
  return {};
}

OpResult<void> add_read(const History& history, const Operation& operation, KeyAccesses& into) {
  if (operation.completion == Operation::kOpen) return {};
  const Op& op = history[operation.completion];
  if (op.type != OpType::ok) return {};
  Access read{op.process, operation.invocation, operation.completion, {}};
  for (const Value& value : op.value.items()) {
    if (!value.is_integer()) {
      return OpError{operation.completion,
                     fmt::format("reads {}, expected nil, an integer or a list of integers",
                                 op.value.to_string())};
    }
    read.values.push_back(value.integer());
  }
  std::ranges::sort(read.values);
  into.reads.push_back(std::move(read));
  return {};
}

}  // namespace

OpResult<std::vector<KeyAccesses>> read_accesses(const History& history) {
  const auto partitions = split_by_key(history);
  if (!partitions) return partitions.error();
  std::vector<KeyAccesses> all;
  for (const Partition& partition : *partitions) {
    KeyAccesses& accesses = all.emplace_back();
    accesses.key = partition.key;
    for (const Operation& operation : partition.operations) {
      const Op& op = history[operation.invocation];
      OpResult<void> added;
      if (op.f == f::kWrite) {
        added = add_write(history, operation, accesses);
      } else if (op.f == f::kRead) {
        added = add_read(history, operation, accesses);
      } else {
        added = OpError{operation.invocation,
                        fmt::format("is a {}, expected read or write", printable(op.f.name()))};
      }
      if (!added) return added.error();
    }
  }
  return all;
}

std::optional<std::string> thin_air(const KeyAccesses& accesses, const Access& read) {
  for (const std::int64_t value : read.values) {
    if (const auto found = accesses.written.find(value); found != accesses.written.end()) {
      if (accesses.writes[found->second].invoked < read.returned) continue;
      return fmt::format("process {} read {}, which was written only later", read.process, value);
    }
    const bool failed = accesses.failed.contains(value);
    return fmt::format("process {} read {}, {}", read.process, value,
                       failed ? "though the write of it failed" : "which nobody wrote");
  }
  return std::nullopt;
}

std::string event_line(const History& history, std::uint32_t index) {
  // The first line of a stored history is its header.
  return fmt::format("  line {:<7} {:9.3f} s  {}\n", index + 2, to_seconds(history[index].time),
                     to_string(history[index]));
}

}  // namespace faultline
