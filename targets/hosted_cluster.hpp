// What targets whose nodes are programs of our own have in common: how such a cluster is started,
// and who leads it. On the event loop; the environment must host nodes (Powers::hosting).
#pragma once

#include <optional>
#include <string>

#include "harness/core/environment.hpp"
#include "harness/core/result.hpp"
#include "harness/core/target.hpp"

namespace faultline {

// When a cluster is up.
struct Readiness {
  Task<bool> (*reached)(Environment& environment);
  std::string missing;  // what is said of one that does not get there: "no leader was elected"
};

// Installs `program` on every node and waits until the cluster of the target `name` is ready.
// Error: the environment hosts no nodes, a node ended at once, or it was not ready in time.
Task<Result<void>> start_hosted(Environment& environment, std::string name, HostedProgram program,
                                Readiness readiness, Duration timeout);

// Who leads, with two claimants the one of the highest term. Nothing, too, if no nodes are hosted.
Task<std::optional<Leader>> hosted_leader(Environment& environment);
Task<bool> has_hosted_leader(Environment& environment);

// Does every node answer?
Task<bool> all_hosted_answer(Environment& environment);

}  // namespace faultline
