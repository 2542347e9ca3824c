// Recording: an environment that breaks nothing and writes down what it was asked to break, so that
// a test sees exactly what a nemesis does. One test, one thread.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/core/nemesis.hpp"
#include "harness/core/noop.hpp"

namespace faultline {

class RecordingEnvironment final : public Environment,
                                   private NetworkPower,
                                   private ProcessPower,
                                   private ClockPower {
 public:
  explicit RecordingEnvironment(int nodes);

  // What was done since the last call: "cut n1>n2", "heal", "kill n1", ...
  std::vector<std::string> take_deeds() { return std::exchange(deeds_, {}); }

  std::set<NodeId> immune;  // whatever is done to these changes nothing

  int size() const override { return inner_->size(); }
  Clock& clock() override { return inner_->clock(); }
  Powers powers() override { return {this, this, this, nullptr, nullptr}; }
  void run(Task<> main) override { inner_->run(std::move(main)); }
  std::vector<std::string> node_log(NodeId) override { return {}; }

 private:
  void cut(const Grudge& links) override;
  void heal() override { deeds_.emplace_back("heal"); }
  void impair(const Links& links, const LinkFault& fault) override;
  bool kill(NodeId node) override { return did("kill", node); }
  bool start(NodeId node) override { return did("start", node); }
  bool pause(NodeId node) override { return did("pause", node); }
  bool resume(NodeId node) override { return did("resume", node); }
  void set_rate(NodeId node, int permille) override {
    deeds_.push_back(node_name(node) + "=" + std::to_string(permille));
  }

  bool did(const std::string& what, NodeId node) {
    deeds_.push_back(what + " " + node_name(node));
    return !immune.contains(node);
  }

  std::unique_ptr<Environment> inner_;
  std::vector<std::string> deeds_;
};

// A target that knows nothing but who leads.
class LedTarget final : public Target {
 public:
  std::optional<NodeId> who;

  Task<Result<void>> start(Environment&) override { co_return Result<void>(); }
  std::unique_ptr<Client> connect(Environment&, NodeId, Process) override { return noop_client(); }
  Task<std::optional<Leader>> leader(Environment&) override { co_return who; }
};

// What holds of every nemesis on links. A cure comes after one strike or more, proposing changes
// nothing, and healing() names the cure, which does `cured`.
void expect_turns(RecordingEnvironment& environment, Nemesis& nemesis, Symbol strike, Symbol cure,
                  const std::string& cured);
// `op` is aimed at the leader, and nobody leads: nothing is done, and the next may strike.
void expect_nothing_without_leader(RecordingEnvironment& environment, Nemesis& nemesis, Op op);

// What `nemesis` completes `op` with. Rethrows what it throws.
Op carry_out(Environment& environment, Nemesis& nemesis, Op op);

}  // namespace faultline
