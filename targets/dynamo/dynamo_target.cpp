#include "targets/dynamo/dynamo_target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/core/all_of.hpp"
#include "targets/dynamo/dynamo_node.hpp"
#include "targets/early_death.hpp"

namespace faultline {
namespace dynamo {
namespace {

constexpr Duration kPollInterval = 10 * kMillisecond;

Task<bool> all_are_up(Environment& environment) {
  HostingPower& hosting = *environment.powers().hosting;
  std::vector<Task<std::optional<NodeStatus>>> questions;
  for (NodeId node = 0; node < environment.size(); ++node) {
    questions.push_back(hosting.status(node));
  }
  const auto statuses = co_await all_of(std::move(questions));
  co_return std::ranges::all_of(statuses, [](const auto& status) { return status.has_value(); });
}

class DynamoTarget : public Target {
 public:
  explicit DynamoTarget(const DynamoOptions& options) : options_(options) {}

  Task<Result<void>> start(Environment& environment) override {
    HostingPower* hosting = environment.powers().hosting;
    if (hosting == nullptr) {
      co_return Error{"dynamo: this environment cannot host nodes of our own"};
    }
    if (options_.config.n > environment.size()) {
      co_return Error{fmt::format(
          "dynamo: n={0} replicas of a key need {0} nodes or more (--nodes); there are {1}",
          options_.config.n, environment.size())};
    }
    HostedProgram program;
    program.factory = make_dynamo_nodes(options_.config);
    program.arguments = options_.arguments;
    Result<void> installed = hosting->install(std::move(program));
    if (!installed) co_return installed;

    Clock& clock = environment.clock();
    const Time deadline = clock.now() + options_.start_timeout;
    for (;;) {
      const bool up = co_await all_are_up(environment);
      if (up) break;
      if (const auto died = early_death(environment, "dynamo")) co_return *died;
      if (clock.now() >= deadline) {
        co_return Error{fmt::format("dynamo: not all of {} nodes answered within {} s",
                                    environment.size(), to_seconds(options_.start_timeout))};
      }
      co_await sleep_until(clock, clock.now() + kPollInterval);
    }
    Result<void> up;  // named: g++ 12 takes the temporary for uninitialized
    co_return up;
  }

  std::unique_ptr<Client> connect(Environment& environment, NodeId node, Process process) override {
    return make_dynamo_client(environment, node, process, options_.client);
  }

  Task<std::optional<NodeId>> leader(Environment&) override { co_return std::nullopt; }

 private:
  const DynamoOptions options_;
};

}  // namespace

NodeFactory make_dynamo_nodes(const Config& config) {
  return
      [config](NodeId id, int size, Rng) { return std::make_unique<DynamoNode>(id, size, config); };
}

}  // namespace dynamo

std::unique_ptr<Target> make_dynamo_target(const dynamo::DynamoOptions& options) {
  return std::make_unique<dynamo::DynamoTarget>(options);
}

}  // namespace faultline
