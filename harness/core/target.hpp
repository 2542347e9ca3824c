// Target: a system under test: how it is started, spoken to, and asked who leads it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "harness/core/client.hpp"
#include "harness/core/environment.hpp"

namespace faultline {

// Who belongs to the cluster: voters decide, learners only follow.
struct Membership {
  std::vector<NodeId> voters;
  std::vector<NodeId> learners;
};

// The power to change who belongs to the cluster, and who leads it, as an operator would.
class MembershipPower {
 public:
  enum class Change {
    add_voter,
    add_learner,  // or makes a voter one
    remove,
    lead,  // leadership is handed to it
  };
  virtual ~MembershipPower() = default;
  // As the leader has it, decided or not. Nothing: nobody answers.
  virtual Task<std::optional<Membership>> members() = 0;
  // Asks the leader for it. Error: why it was refused, or that what came of it is not known.
  virtual Task<Result<void>> change(Change change, NodeId node) = 0;
};

// Whoever leads, and in which term (or ballot, or epoch), if that is known.
struct Leader {
  NodeId node = 0;
  std::optional<std::uint64_t> term;

  // Not explicit: of most only the node is of interest.
  Leader(NodeId who, std::optional<std::uint64_t> when = std::nullopt) : node(who), term(when) {}
  friend bool operator==(const Leader&, const Leader&) = default;
};

class Target {
 public:
  virtual ~Target() = default;
  // Installs and starts every node, and returns when the cluster is up.
  virtual Task<Result<void>> start(Environment& environment) = 0;
  // A client for `process`, connected to `node` first.
  virtual std::unique_ptr<Client> connect(Environment& environment, NodeId node,
                                          Process process) = 0;
  // Who leads, if it is known; with two claimants, the one of the highest term.
  virtual Task<std::optional<Leader>> leader(Environment& environment) = 0;
  // Null if its members are fixed. Refers to the target and the environment.
  virtual std::unique_ptr<MembershipPower> membership([[maybe_unused]] Environment& environment) {
    return nullptr;
  }
};

}  // namespace faultline
