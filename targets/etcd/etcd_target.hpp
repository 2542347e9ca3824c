// The etcd target: the etcd that is installed on this machine, one process a node.
// Lives on the event loop; of a run it remembers which member which node is.
#pragma once

#include <memory>
#include <string>

#include "harness/core/target.hpp"
#include "targets/etcd/etcd_client.hpp"

namespace faultline::etcd {

struct EtcdOptions {
  ClientOptions client;
  std::uint16_t peer_port = 2380;
  Duration heartbeat_interval = 100 * kMillisecond;  // etcd's own defaults
  Duration election_timeout = kSecond;
  Duration start_timeout = 30 * kSecond;         // for every node to be healthy
  Duration status_timeout = 250 * kMillisecond;  // for nodes to say who leads
};

inline constexpr const char* kEtcdPackage = "etcd-server";  // Debian's

// Error: it is not installed, and how to install it.
Result<void> check_installed();

// "3.4.23"; runs `etcd --version`. Error: as above, or it says no version.
Result<std::string> installed_version();

}  // namespace faultline::etcd

namespace faultline {

std::unique_ptr<Target> make_etcd_target(const etcd::EtcdOptions& options = {});

}  // namespace faultline
