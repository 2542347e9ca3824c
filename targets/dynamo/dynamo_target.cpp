#include "targets/dynamo/dynamo_target.hpp"

#include <utility>

#include "targets/dynamo/dynamo_node.hpp"
#include "targets/hosted_cluster.hpp"

namespace faultline {
namespace dynamo {
namespace {

class DynamoTarget : public Target {
 public:
  explicit DynamoTarget(const DynamoOptions& options) : options_(options) {}

  Task<Result<void>> start(Environment& environment) override {
    Result<void> enough = check_nodes(options_.config, environment.size());
    if (!enough) co_return enough;
    HostedProgram program{make_dynamo_nodes(options_.config), options_.arguments};
    Readiness readiness{all_hosted_answer, "not everyone answered"};
    Result<void> started = co_await start_hosted(environment, "dynamo", std::move(program),
                                                 std::move(readiness), options_.start_timeout);
    co_return started;
  }

  std::unique_ptr<Client> connect(Environment& environment, NodeId node, Process process) override {
    return make_dynamo_client(environment, node, process, options_.client);
  }

  Task<std::optional<Leader>> leader(Environment&) override { co_return std::nullopt; }

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
