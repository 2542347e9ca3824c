// RandomRun: a cluster under a random schedule (messages late, doubled, lost and out of order,
// crashes that lose what was not synced, cut links, clocks of other speeds, changes of members,
// clients that retry), watched at every step.
//
// What clients see is watched here: each key has one writer, which writes 1, 2, 3, ... So a read
// must return no less than was acknowledged or read before it began, and no more than had been
// asked for when it ended. What must hold inside the nodes, each target says for itself.
// Deterministic: a seed is a schedule. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/targets/kv/cluster.hpp"

namespace faultline::kv {

class RandomRun {
 public:
  struct Weather {
    std::uint64_t faults;
    std::uint64_t clients;
    std::uint64_t ticks;
    std::uint64_t changes;  // of the cluster's members
  };

  // In fair weather or foul, as the seed has it.
  explicit RandomRun(std::uint64_t seed);
  virtual ~RandomRun() = default;

  // Takes `steps` random steps; what went wrong first, if anything did.
  std::optional<std::string> run(int steps);
  // Heals everything; every write must be answered in the end, and the members agree.
  std::optional<std::string> finish();

  std::int64_t writes() const { return writes_; }  // acknowledged
  std::int64_t reads() const { return reads_; }    // answered
  virtual std::size_t leaders() const = 0;         // that there have been

 protected:
  static int size_of(std::uint64_t seed) { return 3 + 2 * static_cast<int>(seed % 2); }
  void fail(std::string what);

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

  virtual Cluster& cluster() = 0;
  virtual void watch_node(NodeId node) = 0;  // after every step, alive or not

  void step();
  void move_message();
  void change_faults();
  void heal();
  void change_members();
  NodeId some_node();
  NodeId some_server();  // mostly the leader
  void write_something();
  void ask_for_write(std::size_t writer, NodeId node);
  void read_something();
  void watch();
  void watch_writer(std::size_t writer);
  void watch_reader(Reader& reader);
  void compare_members();

  Rng rng_;
  const Weather weather_;
  std::vector<Writer> writers_{4};
  std::vector<Reader> readers_{4};
  std::vector<std::int64_t> seen_{0, 0, 0, 0};  // by key: the greatest value acknowledged or read
  std::int64_t writes_ = 0;
  std::int64_t reads_ = 0;
  std::optional<std::string> failure_;
};

using MakeRun = std::function<std::unique_ptr<RandomRun>(std::uint64_t seed)>;

// Expects that no schedule of `count` breaks anything, and that the clusters get somewhere.
void expect_unbroken(const MakeRun& make, std::uint64_t first_seed, std::uint64_t count);
// Expects that some schedule shows the bug.
void expect_found(std::string_view bug, const MakeRun& make);

}  // namespace faultline::kv
