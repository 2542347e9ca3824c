// Interpreter: asks the generator for ops, hands them to client processes and to the nemesis, and
// records every invocation and completion, in the order in which they happened. One coroutine a
// thread of the test plus one for itself, all on the environment's event loop.
#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "harness/core/client.hpp"
#include "harness/core/clock.hpp"
#include "harness/core/generator.hpp"
#include "harness/core/nemesis.hpp"

namespace faultline {

// What the interpreter drives. All must outlive it.
struct InterpreterSetup {
  Clock* clock = nullptr;
  Nemesis* nemesis = nullptr;
  int concurrency = 1;
  // A client for a process; called again, for the new process, when the old one is retired.
  std::function<std::unique_ptr<Client>(Process)> connect;
  // Given every event as it happens: the journal. Throws if it cannot be recorded.
  std::function<void(const Op&)> record;
  // Asked before every op; true ends the run early (nothing new is invoked).
  std::function<bool()> should_stop = [] { return false; };
};

class Interpreter {
 public:
  Interpreter(InterpreterSetup setup, Rng rng);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // Runs `gen` until it is exhausted and every op it gave has completed. May be called again:
  // processes go on where they were. What a client throws becomes info, by the rule in op.hpp,
  // unless it is a BrokenContract or EnvironmentLost. That, and what record(), a generator or the
  // nemesis throws, is rethrown here; the interpreter must not be run again then.
  Task<> run(Gen gen);

 private:
  struct Worker {
    std::unique_ptr<Client> client;                 // none yet, or none for the nemesis
    std::function<void(std::optional<Op>)> resume;  // set while it waits for work; nothing: end
  };

  Task<> serve(int thread);
  Task<Op> carry_out(int thread, const Op& op);
  void start_workers();
  void dispatch(const Op& op);
  Gen take_completions(Gen gen);
  Task<> wait_until(Time deadline);  // or until something completes
  void wake();

  InterpreterSetup setup_;
  asio::any_io_executor executor_;  // set by the first run()
  Rng rng_;
  std::vector<Process> processes_;  // by thread; the last is the nemesis
  Context context_;
  std::vector<Worker> workers_;  // by thread
  std::deque<Op> completed_;
  int outstanding_ = 0;
  std::exception_ptr failure_;  // of a worker
  std::function<void()> waker_;
  std::uint64_t wait_number_ = 0;  // so that a timer of an earlier wait does not end this one
};

}  // namespace faultline
