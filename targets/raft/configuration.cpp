#include "targets/raft/configuration.hpp"

#include <limits>
#include <numeric>

namespace faultline::raft {
namespace {

using Nodes = std::vector<NodeId>;

void put(Nodes& nodes, NodeId node) {
  nodes.insert(std::upper_bound(nodes.begin(), nodes.end(), node), node);
}

void write_nodes(ByteWriter& out, const Nodes& nodes) {
  out.natural(nodes.size());
  for (const NodeId node : nodes) out.natural(static_cast<std::uint64_t>(node));
}

Nodes read_nodes(ByteReader& in) {
  Nodes nodes;
  const std::uint64_t count = in.natural();
  if (count > in.left()) in.fail();
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    const std::uint64_t node = in.natural();
    if (node > std::uint64_t{std::numeric_limits<NodeId>::max()}) in.fail();
    if (!nodes.empty() && static_cast<NodeId>(node) <= nodes.back()) in.fail();
    nodes.push_back(static_cast<NodeId>(node));
  }
  return nodes;
}

}  // namespace

Configuration Configuration::of_voters(int size) {
  Configuration all;
  all.voters.resize(static_cast<std::size_t>(size));
  std::iota(all.voters.begin(), all.voters.end(), 0);
  return all;
}

std::optional<Configuration> Configuration::after(MembershipPower::Change change,
                                                  NodeId node) const {
  using Change = MembershipPower::Change;
  Configuration changed = *this;
  std::erase(changed.voters, node);
  std::erase(changed.learners, node);
  if (change == Change::add_voter) put(changed.voters, node);
  if (change == Change::add_learner) put(changed.learners, node);
  if (change == Change::lead || changed == *this || changed.voters.empty()) return std::nullopt;
  return changed;
}

void write_configuration(ByteWriter& out, const Configuration& configuration) {
  write_nodes(out, configuration.voters);
  write_nodes(out, configuration.learners);
}

Configuration read_configuration(ByteReader& in) {
  Configuration configuration;
  configuration.voters = read_nodes(in);
  configuration.learners = read_nodes(in);
  if (configuration.voters.empty()) in.fail();
  for (const NodeId node : configuration.learners) {
    if (configuration.votes(node)) in.fail();
  }
  return configuration;
}

}  // namespace faultline::raft
