// A pair of virtual Ethernet interfaces, made by rtnetlink, since the machine may have no `ip`.
#pragma once

#include <string>

#include "harness/core/result.hpp"

namespace faultline::local {

// Both ends are down. The first end, `name`, is in the calling thread's network namespace, the
// second, `peer_name`, in `peer_namespace`. They vanish with either. Error: what the kernel said.
Result<void> create_veth_pair(const std::string& name, const std::string& peer_name,
                              int peer_namespace);

}  // namespace faultline::local
