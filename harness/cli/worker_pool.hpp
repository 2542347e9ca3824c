// WorkerPool: jobs carried out by processes that are forked from this one, some at a time, so that
// one that crashes takes nothing with it. A fork, not the program started again: a worker has all
// it needs at once, and each begins as fresh as the next. For that this process must have no other
// threads when start() is called.
//
// Workers die with this process, however it ends (kill -9 included), and are not touched by Ctrl-C
// or a lost terminal: what those mean is decided here. One thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace faultline::cli {

// How a worker ended.
struct WorkerEnd {
  std::size_t job = 0;
  std::string result;    // what the work returned; empty if it failed
  std::string failure;   // why there is none: "ended by signal 11 (Segmentation fault): last words"
  std::string output;    // what it wrote to standard output and standard error
  double seconds = 0;    // it took
  bool overdue = false;  // it was told to end because it took longer than the limit
};

class WorkerPool {
 public:
  using Clock = std::chrono::steady_clock;

  // `limit`: after it a worker is told to end, and some seconds later is made to.
  explicit WorkerPool(std::size_t most, std::optional<Clock::duration> limit = {});
  ~WorkerPool();  // kills those that are left
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  bool full() const { return workers_.size() >= most_; }
  bool idle() const { return workers_.empty(); }
  std::size_t at_work() const { return workers_.size(); }

  // Runs `work` in a process of its own; what it throws is its failure. Call only if not full().
  // Throws SystemError if there can be no further process.
  void start(std::size_t job, const std::function<std::string()>& work);
  // One that ended, as soon as there is one; nothing after `patience`, or if a signal came.
  std::optional<WorkerEnd> wait(std::chrono::milliseconds patience);
  // Tells all to end in order (SIGTERM).
  void tell_to_end();

 private:
  struct Worker {
    std::size_t job = 0;
    pid_t pid = 0;
    int process = -1;  // a descriptor of it, which is readable when it has ended
    int result = -1;   // files in memory
    int output = -1;
    Clock::time_point begin;
    bool overdue = false;
  };

  void remind(Worker& worker, Clock::time_point now) const;
  WorkerEnd collect(std::size_t index);

  const std::size_t most_;
  const std::optional<Clock::duration> limit_;
  std::vector<Worker> workers_;
};

}  // namespace faultline::cli
