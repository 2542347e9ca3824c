// RandomRun: a Raft cluster under a random schedule (messages late, doubled, lost and out of order,
// crashes that lose what was not synced, cut links, clocks of other speeds, changes of members,
// clients that retry), watched at every step.
//
// What is watched is figure 3.2 of Ongaro 2014: election safety, log matching, leader completeness,
// state machine safety; and what clients see: each key has one writer, which writes 1, 2, 3, ... So
// a read must return no less than was acknowledged or read before it began, and no more than had
// been asked for when it ended.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/targets/raft/cluster.hpp"

namespace faultline::raft {

class RandomRun {
 public:
  struct Weather {
    std::uint64_t faults;
    std::uint64_t clients;
    std::uint64_t ticks;
  };

  // Three nodes or five, in fair weather or foul, as the seed has it.
  RandomRun(std::uint64_t seed, const Config& config);

  // Takes `steps` random steps; what went wrong first, if anything did.
  std::optional<std::string> run(int steps);
  // Heals everything; every write must be answered in the end.
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
  void change_members();
  NodeId some_node();
  void write_something();
  void read_something();
  void watch_nodes();
  void watch_log(NodeId node);
  void watch_commits(NodeId node);
  void watch_store(NodeId node);
  void watch_leader(NodeId node);
  void watch_clients();
  void fail(std::string what);

  Rng rng_;
  const Weather weather_;
  Cluster cluster_;
  std::vector<Writer> writers_{4};
  std::vector<Reader> readers_{4};
  std::vector<std::int64_t> seen_;  // by key: the greatest value acknowledged or read
  std::vector<Index> checked_commit_;
  std::vector<Index> checked_store_;
  std::vector<std::pair<Index, Term>> checked_log_;
  std::map<Term, NodeId> leaders_;
  std::map<std::pair<Index, Term>, std::pair<Term, Entry>> entries_;  // -> term before, entry
  std::map<Index, Entry> committed_;
  std::map<Index, kv::Store> stores_;
  std::int64_t writes_ = 0;
  std::int64_t reads_ = 0;
  std::optional<std::string> failure_;
};

}  // namespace faultline::raft
