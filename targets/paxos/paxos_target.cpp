#include "targets/paxos/paxos_target.hpp"

#include <utility>

#include "targets/admin.hpp"
#include "targets/hosted_cluster.hpp"
#include "targets/paxos/paxos_node.hpp"

namespace faultline {
namespace paxos {
namespace {

class PaxosTarget : public Target {
 public:
  explicit PaxosTarget(const PaxosOptions& options) : options_(options) {}

  Task<Result<void>> start(Environment& environment) override {
    HostedProgram program{make_paxos_nodes(options_.config), options_.arguments};
    Readiness readiness{has_hosted_leader, "no leader was elected"};
    return start_hosted(environment, "paxos", std::move(program), std::move(readiness),
                        options_.start_timeout);
  }

  std::unique_ptr<Client> connect(Environment& environment, NodeId node, Process process) override {
    return kv::make_kv_client(environment, node, process, options_.client);
  }

  Task<std::optional<Leader>> leader(Environment& environment) override {
    return hosted_leader(environment);
  }

  std::unique_ptr<MembershipPower> membership(Environment& environment) override {
    if (environment.powers().hosting == nullptr) return nullptr;
    return make_hosted_membership(environment);
  }

 private:
  const PaxosOptions options_;
};

}  // namespace

NodeFactory make_paxos_nodes(const Config& config) {
  return [config](NodeId id, int size, Rng rng) {
    return std::make_unique<PaxosNode>(id, size, rng, config);
  };
}

}  // namespace paxos

std::unique_ptr<Target> make_paxos_target(const paxos::PaxosOptions& options) {
  return std::make_unique<paxos::PaxosTarget>(options);
}

}  // namespace faultline
