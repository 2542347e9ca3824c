// faultline node: one node of a cluster of our own, as this process. Started by --env local; by
// hand, a cluster to play with.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/registry.hpp"
#include "harness/core/utf8.hpp"
#include "harness/environments/local/frame_stream.hpp"
#include "harness/environments/local/node_host.hpp"

namespace faultline::cli {
namespace {

struct NodeOptions {
  std::string program;
  std::string id;
  std::string nodes;
  std::string directory;
  std::string seed = "1";
  std::vector<std::string> bugs;
  std::vector<std::string> settings;
};

NodeFactory factory_of(const NodeOptions& options) {
  std::string known;
  for (const TargetEntry& target : targets()) {
    if (target.program == nullptr) continue;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", target.name);
    if (target.name != options.program) continue;
    Result<NodeFactory> factory = target.program(options.bugs, options.settings);
    if (!factory) throw UsageError(factory.error().message);
    return std::move(*factory);
  }
  throw UsageError(fmt::format("node: there is no program '{}'; there are: {}",
                               printable(options.program), known));
}

local::NodeHostOptions host_options(const NodeOptions& options) {
  local::NodeHostOptions host;
  host.addresses = parse_names("--nodes", options.nodes);
  for (const std::string& text : host.addresses) {
    const auto address = local::parse_address(text);
    if (!address) throw UsageError("--nodes " + address.error().message);
  }
  host.id = static_cast<NodeId>(parse_whole("--id", options.id, 0, host.addresses.size() - 1));
  host.directory = options.directory;
  host.seed = parse_whole("--seed", options.seed, 0, UINT64_MAX);
  return host;
}

}  // namespace

void add_node_command(CLI::App& app, int&) {
  auto options = std::make_shared<NodeOptions>();
  CLI::App* command =
      app.add_subcommand("node", "Be one node of an embedded target; started by --env local");
  command->group("Internal");
  command->add_option("program", options->program, "whose node, such as raft")->required();
  const auto option = [&](const char* flag, auto& variable, const char* value, const char* doc) {
    return add_value(*command, flag, variable, value, doc);
  };
  option("--id", options->id, "N", "which of the nodes, from 0")->required();
  option("--nodes", options->nodes, "ADDRESSES", "of all nodes: 127.0.0.1:7001,127.0.0.1:7002,...")
      ->required();
  option("--directory", options->directory, "DIR", "where it keeps its log; must exist")
      ->required();
  option("--seed", options->seed, "N", "its chance comes from it")->capture_default_str();
  option("--bug", options->bugs, "NAME", "a bug to switch on (see list bugs)")
      ->allow_extra_args(false);
  option("--set", options->settings, "NAME=VALUE", "a setting of the target (see list settings)")
      ->allow_extra_args(false);
  command->callback([options] {
    const NodeFactory factory = factory_of(*options);
    const Result<void> ended = local::run_node(host_options(*options), factory);
    if (!ended) throw SystemError(ended.error().message);
  });
}

}  // namespace faultline::cli
