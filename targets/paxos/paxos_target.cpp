#include "targets/paxos/paxos_target.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "harness/core/all_of.hpp"
#include "targets/admin.hpp"
#include "targets/early_death.hpp"
#include "targets/paxos/paxos_node.hpp"

namespace faultline {
namespace paxos {
namespace {

constexpr Duration kPollInterval = 10 * kMillisecond;

Task<std::optional<NodeId>> find_leader(Environment& environment) {
  HostingPower* hosting = environment.powers().hosting;
  if (hosting == nullptr) co_return std::nullopt;
  std::vector<Task<std::optional<NodeStatus>>> questions;
  for (NodeId node = 0; node < environment.size(); ++node) {
    questions.push_back(hosting->status(node));
  }
  const auto statuses = co_await all_of(std::move(questions));
  std::optional<NodeId> leader;
  std::uint64_t term = 0;
  for (NodeId node = 0; node < environment.size(); ++node) {
    const std::optional<NodeStatus>& status = statuses[static_cast<std::size_t>(node)];
    if (!status || !status->leader || (leader && status->term <= term)) continue;
    leader = node;
    term = status->term;
  }
  co_return leader;
}

class PaxosTarget : public Target {
 public:
  explicit PaxosTarget(const PaxosOptions& options) : options_(options) {}

  Task<Result<void>> start(Environment& environment) override {
    HostingPower* hosting = environment.powers().hosting;
    if (hosting == nullptr) {
      co_return Error{"paxos: this environment cannot host nodes of our own"};
    }
    HostedProgram program;
    program.factory = make_paxos_nodes(options_.config);
    program.arguments = options_.arguments;
    Result<void> installed = hosting->install(std::move(program));
    if (!installed) co_return installed;

    Clock& clock = environment.clock();
    const Time deadline = clock.now() + options_.start_timeout;
    for (;;) {
      const std::optional<NodeId> leader = co_await find_leader(environment);
      if (leader) break;
      if (const auto died = early_death(environment, "paxos")) co_return *died;
      if (clock.now() >= deadline) {
        co_return Error{fmt::format("paxos: no leader emerged among {} nodes within {} s",
                                    environment.size(), to_seconds(options_.start_timeout))};
      }
      co_await sleep_until(clock, clock.now() + kPollInterval);
    }
    Result<void> up;  // named: g++ 12 takes the temporary for uninitialized
    co_return up;
  }

  std::unique_ptr<Client> connect(Environment& environment, NodeId node, Process process) override {
    return kv::make_kv_client(environment, node, process, options_.client);
  }

  Task<std::optional<NodeId>> leader(Environment& environment) override {
    const std::optional<NodeId> leader = co_await find_leader(environment);
    co_return leader;
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
