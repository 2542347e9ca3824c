// A client of etcd over its v3 JSON gateway: read, write, cas and delete on integer keys.
//
// It belongs to one node, its home, and asks it first, so that a client on the minority side of a
// partition stays there. While an op certainly had no effect it asks the next node, and after each
// round pauses a little. etcd carries out what it is sent twice twice: so a write that may have
// been received is never sent again. Outcomes: see etcd_answer.hpp.
// On the event loop; refers to the environment, which must outlive it.
#pragma once

#include <cstdint>
#include <memory>

#include "harness/core/client.hpp"
#include "harness/core/environment.hpp"

namespace faultline::etcd {

struct ClientOptions {
  bool serializable = false;                      // reads are, and so may be stale
  std::uint16_t port = 2379;                      // where nodes listen for clients
  Duration op_timeout = 2 * kSecond;              // from the invocation to giving up
  Duration read_timeout = kSecond;                // for one node's answer to a read
  Duration connect_timeout = 500 * kMillisecond;  // for a connection to be made
  Duration retry_interval = 30 * kMillisecond;    // the pause when every node was asked
};

// The environment must launch programs (Powers::launching).
std::unique_ptr<Client> make_etcd_client(Environment& environment, NodeId home,
                                         const ClientOptions& options = {});

}  // namespace faultline::etcd
