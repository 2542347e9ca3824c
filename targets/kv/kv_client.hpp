// A client of a replicated key-value store on hosted nodes: read, write and cas on integer keys.
//
// It belongs to one node, its home, and asks it first, so that a client on the minority side of a
// partition stays there. Told of a leader it goes there; told of none it waits a little and asks
// at home again; refused or unanswered it tries the next node. Every attempt of an op carries the
// same session and sequence, so that the store carries it out at most once (see store.hpp).
//
// Outcomes, by the rule in op.hpp: answered => ok, or fail(mismatch); at the deadline a read fails,
// and so does a write of which every attempt was certainly not carried out; any other is info.
// On the event loop; refers to the environment, which must outlive it.
#pragma once

#include <memory>

#include "harness/core/client.hpp"
#include "harness/core/environment.hpp"

namespace faultline::kv {

struct ClientOptions {
  Duration op_timeout = kSecond;                  // from the invocation to giving up
  Duration attempt_timeout = 300 * kMillisecond;  // for one node's answer
  Duration retry_interval = 30 * kMillisecond;    // the pause when there is no leader
  bool timeouts_fail = false;  // a bug: what may have happened is reported as failed
};

// The environment must host nodes (Powers::hosting); `process` is the session, never reused.
std::unique_ptr<Client> make_kv_client(Environment& environment, NodeId home, Process process,
                                       const ClientOptions& options = {});

}  // namespace faultline::kv
