// RandomRun: a Paxos cluster under a random schedule (messages late, doubled, lost and out of
// order, crashes that lose what was not synced, cut links, clients that retry), watched at every
// step.
//
// What is watched: agreement (no two nodes know different values as chosen in a slot), one leader a
// ballot; and what clients see: each key has one writer, which writes 1, 2, 3, ... So a read must
// return no less than was acknowledged or read before it began, and no more than had been asked for
// when it ended. The operator adds and removes nodes, and has another one lead.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/targets/paxos/cluster.hpp"

namespace faultline::paxos {

class RandomRun {
 public:
  struct Weather {
    std::uint64_t faults;
    std::uint64_t clients;
    std::uint64_t ticks;
    std::uint64_t changes;  // of the cluster's members
  };

  // Three nodes or five, in fair weather or foul, as the seed has it.
  RandomRun(std::uint64_t seed, const Config& config);

  // Takes `steps` random steps; what went wrong first, if anything did.
  std::optional<std::string> run(int steps);
  // Heals everything; every write must be answered in the end, and the members agree.
  std::optional<std::string> finish();

  std::int64_t writes() const { return writes_; }  // acknowledged
  std::int64_t reads() const { return reads_; }    // answered
  std::size_t leaders() const { return leaders_.size(); }

 private:
  struct Writer {
    std::int64_t asked = 0;
    std::int64_t acknowledged = 0;
    std::vector<RequestId> attempts;
  };
  struct Reader {
    std::int64_t key = 0;
    std::int64_t at_least = 0;
    std::optional<RequestId> attempt;
    std::uint64_t sequence = 0;
  };

  void step();
  void move_message();
  void change_faults();
  NodeId some_node();
  void write_something();
  void read_something();
  void watch_nodes();
  void change_members();
  void watch_chosen(NodeId node);
  void watch_leader(NodeId node);
  void watch_clients();
  void fail(std::string what);

  Rng rng_;
  const Weather weather_;
  Cluster cluster_;
  std::vector<Writer> writers_{4};
  std::vector<Reader> readers_{4};
  std::vector<std::int64_t> seen_;  // by key: the greatest value acknowledged or read
  std::vector<Slot> checked_;       // by node: what it knows as chosen was compared up to here
  std::map<Ballot, NodeId> leaders_;
  std::map<Slot, Bytes> chosen_;
  std::int64_t writes_ = 0;
  std::int64_t reads_ = 0;
  std::optional<std::string> failure_;
};

}  // namespace faultline::paxos
