// What the nodes of an etcd cluster say about themselves, asked of all at the same time, so that
// nodes that are dead, paused or cut off cost one time-out and not one each.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/core/environment.hpp"

namespace faultline::etcd {

struct EtcdStatus {
  std::uint64_t member = 0;  // etcd's own name for the node
  std::uint64_t leader = 0;  // the member it follows, or is; 0: it knows of none
  std::uint64_t term = 0;
  bool healthy = false;  // if health was asked for: there is a quorum, and it takes part
};

// One entry a node; nothing: no answer within `timeout`, or one that makes no sense.
using EtcdStatuses = std::vector<std::optional<EtcdStatus>>;

enum class AskFor { status, status_and_health };
Task<EtcdStatuses> ask_all(Environment& environment, std::uint16_t port, AskFor what,
                           Duration timeout);

// Reads an answer to /v3/maintenance/status.
std::optional<EtcdStatus> parse_status(const std::string& body);

}  // namespace faultline::etcd
