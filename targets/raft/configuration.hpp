// Configuration: who votes in a Raft cluster and who only listens, as an entry of the log or a
// snapshot has it (Ongaro 2014, chapter 4), and the changes of one server at a time. A plain value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "harness/core/target.hpp"
#include "targets/kv/bytes.hpp"

namespace faultline::raft {

struct Configuration {
  std::vector<NodeId> voters;    // at least one; in order, like the learners; nobody is both
  std::vector<NodeId> learners;  // are sent the log, but nobody counts them

  static Configuration of_voters(int size);  // nodes 0 to size - 1 vote

  bool votes(NodeId node) const { return std::binary_search(voters.begin(), voters.end(), node); }
  bool learns(NodeId node) const {
    return std::binary_search(learners.begin(), learners.end(), node);
  }

  // What it is after the change. Nothing if that changes nothing, or leaves nobody to vote.
  std::optional<Configuration> after(MembershipPower::Change change, NodeId node) const;

  friend bool operator==(const Configuration&, const Configuration&) = default;
};

void write_configuration(ByteWriter& out, const Configuration& configuration);
Configuration read_configuration(ByteReader& in);  // fails unless it is one

}  // namespace faultline::raft
