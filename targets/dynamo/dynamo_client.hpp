// A client of a Dynamo-style store on hosted nodes: read and write on integer keys.
//
// It belongs to one node, its home, and asks it first. A read that is refused or not answered goes
// on to the next node. A write that may have been received is not sent again: the store would
// carry it out twice, the second time as a newer one. A read returns nothing, an integer, or a list
// of siblings, sorted. What its process has seen of a key, read or written, goes along with its
// writes of that key, so that with version vectors these overwrite it.
//
// Outcomes, by the rule in op.hpp: answered => ok; refused by all, or told that it was not carried
// out => fail; else a read fails, and a write is info.
// On the event loop; refers to the environment, which must outlive it.
#pragma once

#include <memory>

#include "harness/core/client.hpp"
#include "harness/core/environment.hpp"

namespace faultline::dynamo {

struct ClientOptions {
  // A coordinator gives up after a second, and says so: longer than that, and the way.
  Duration op_timeout = 1'200 * kMillisecond;
  Duration read_timeout = 400 * kMillisecond;   // for one node's answer to a read
  Duration retry_interval = 30 * kMillisecond;  // the pause when all have refused
};

// The environment must host nodes (Powers::hosting); `process` is never used again.
std::unique_ptr<Client> make_dynamo_client(Environment& environment, NodeId home, Process process,
                                           const ClientOptions& options = {});

}  // namespace faultline::dynamo
