// HostedNode: one simulated machine: a Node program, its disk, and the queue of inputs it has not
// handled yet. It runs one input at a time and carries out the effects in order; while it waits for
// its disk it handles nothing (one thread, blocking in fsync). It can be paused, killed, restarted.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/clock.hpp"
#include "harness/core/node.hpp"
#include "harness/environments/sim/disk.hpp"
#include "harness/environments/sim/trace.hpp"

namespace faultline::sim {

// Where the effects of a node go. Implemented by the environment.
class Outlet {
 public:
  virtual ~Outlet() = default;
  virtual void send(NodeId from, NodeId to, Bytes message) = 0;
  virtual void reply(NodeId from, RequestId request, Bytes answer) = 0;
};

class HostedNode {
 public:
  // `clock` and `outlet` must outlive the node.
  HostedNode(NodeId id, Clock& clock, Outlet& outlet, const Rng& rng);

  void trace_to(Trace* trace) { trace_ = trace; }  // null: none; must outlive the node

  void start(std::unique_ptr<Node> program);  // a new life, on the records that survived
  void kill();
  bool pause();   // false: it was not running
  bool resume();  // false: it was not paused

  void set_clock_rate(int permille);  // of the node's clock; survives kills

  bool is_up() const { return program_ != nullptr; }
  bool is_running() const { return is_up() && !paused_; }
  const Node* program() const { return program_.get(); }

  // Inputs. Those to a node that is down vanish, those to a paused one wait.
  void receive(NodeId from, Bytes message);
  void request(RequestId id, Bytes request);

  const std::vector<std::string>& log() const { return log_; }

 private:
  struct Input {
    enum class Kind { message, request, tick } kind;
    NodeId from;
    RequestId request;
    Bytes bytes;
  };

  Time local_now() const;       // as this machine's clock has it
  void note(std::string line);  // in the log, with the true time
  void schedule_tick();
  void enqueue(Input input);
  void advance();    // goes on with effects and inputs until there is something to wait for
  bool carry_out();  // the effects at hand; false: waiting for the disk
  void wait_for_disk(std::function<void()> then);
  void handle(const Input& input);
  void take_log();
  void trace(std::string_view state);
  void trace_status();

  NodeId id_;
  Clock& clock_;
  Outlet& outlet_;
  Disk disk_;
  Rng rng_;
  Trace* trace_ = nullptr;
  std::unique_ptr<Node> program_;
  int clock_rate_ = 1000;     // permille
  Time rate_since_ = 0;       // true time
  Time local_at_change_ = 0;  // this machine's, at rate_since_
  std::uint64_t life_ = 0;    // callbacks of an earlier life are ignored
  bool paused_ = false;
  bool syncing_ = false;
  bool tick_waiting_ = false;
  std::deque<Input> inputs_;
  Effects effects_;
  std::size_t next_effect_ = 0;
  std::vector<std::string> log_;
};

}  // namespace faultline::sim
