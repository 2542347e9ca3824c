#include "targets/raft/raft_target.hpp"

#include <utility>

#include "targets/admin.hpp"
#include "targets/hosted_cluster.hpp"
#include "targets/raft/raft_node.hpp"

namespace faultline {
namespace raft {
namespace {

class RaftTarget : public Target {
 public:
  explicit RaftTarget(const RaftOptions& options) : options_(options) {}

  Task<Result<void>> start(Environment& environment) override {
    HostedProgram program{make_raft_nodes(options_.config), options_.arguments};
    Readiness readiness{has_hosted_leader, "no leader was elected"};
    return start_hosted(environment, "raft", std::move(program), std::move(readiness),
                        options_.start_timeout);
  }

  std::unique_ptr<Client> connect(Environment& environment, NodeId node, Process process) override {
    kv::ClientOptions client = options_.client;
    client.timeouts_fail = options_.config.bugs.timeout_as_failure;
    return kv::make_kv_client(environment, node, process, client);
  }

  Task<std::optional<Leader>> leader(Environment& environment) override {
    return hosted_leader(environment);
  }

  std::unique_ptr<MembershipPower> membership(Environment& environment) override {
    if (environment.powers().hosting == nullptr) return nullptr;
    return make_hosted_membership(environment);
  }

 private:
  const RaftOptions options_;
};

}  // namespace

NodeFactory make_raft_nodes(const Config& config) {
  return [config](NodeId id, int size, Rng rng) {
    return std::make_unique<RaftNode>(id, size, rng, config);
  };
}

}  // namespace raft

std::unique_ptr<Target> make_raft_target(const raft::RaftOptions& options) {
  return std::make_unique<raft::RaftTarget>(options);
}

}  // namespace faultline
