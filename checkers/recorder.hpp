// Recorder: what threads do to a shared object, as a history that a checker can judge.
//
//   Recorder recorder;
//   std::jthread producer([&, client = recorder.client()]() mutable {
//     for (int i = 0; i < 1000; ++i) client.record("enqueue", i, [&] { queue.push(i); });
//   });
//   std::jthread consumer([&, client = recorder.client()]() mutable {
//     for (int i = 0; i < 1000; ++i) client.record("dequeue", [&] { return queue.try_pop(); });
//   });
//   producer.join();
//   consumer.join();
//   const Report report = check(recorder.history(), "fifo-queue");  // check.hpp
//   EXPECT_EQ(report.verdict, Verdict::valid) << report.text;
//
// A Recorder may be used from any thread. A RecordingClient is a process of the history: it belongs
// to one thread and carries out one op at a time. It may outlive the Recorder, so that a thread
// that hangs in an op does no harm.
//
// The order of events. A checker may believe that an op ended before another began only if it did,
// or it finds faults that are none; and the more of that order is lost, the more faults escape it.
// The clock is a counter of the ops that have ended. Before an op the client reads it (acquire);
// after the op it adds one (acquire and release) and keeps the number before. An op is invoked
// before the first ending that it did not see, so endings are never tied, and invocations are tied
// only with one another, where the order says nothing.
//   No false order: if b saw the ending of a, its read synchronizes with a's addition (nothing but
//   additions changes the counter, so they form one release sequence). So all that a did happened
//   before all that b did, on every machine, in the sense of C++.
//   No lost order: if a's record() happened before b's, b's read sees a's addition (coherence).
// Clocks of the processor would need no shared counter, but say nothing about memory: an op's
// stores may become visible after the time at which it ended, and its loads be taken before the
// time at which it began; every such case is a false alarm, and fences against it differ by
// machine. Hence also what a Recorder hides: ops that did not overlap are synchronized by it, so
// that a thread sanitizer reports only races between ops that did. The buffers are the clients'
// own. What an op costs is measured by tests/bench/recorder_bench.cpp.
#pragma once

#include <array>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "checkers/to_value.hpp"
#include "harness/core/op.hpp"

namespace faultline {

namespace detail {

// What the clients of a recorder share.
struct RecorderClock {
  alignas(64) std::atomic<std::uint64_t> ended{0};  // ops
  alignas(64) std::atomic<Process> next_process{0};
};

// The ops of one client. One thread writes; any may read.
class OpLog {
 public:
  static constexpr std::uint64_t kOpen = UINT64_MAX;

  struct Entry {
    Process process = 0;
    Symbol f;
    OpType type = OpType::info;
    Symbol error;
    Value key;
    Value argument;
    Value result;
    std::uint64_t begin = 0;                // how many ops had ended before it began
    std::atomic<std::uint64_t> end{kOpen};  // and before it ended; type, error, result are there
  };

  // The invocation or the completion of an op, and its place in the history.
  struct Event {
    std::uint64_t place = 0;  // at the same reading of the clock, invocations come first
    const Entry* entry = nullptr;
    bool is_completion = false;
    Op op() const;
  };

  explicit OpLog(std::shared_ptr<RecorderClock> clock);

  Entry& begin(std::string_view f, const Value& key, Value argument);
  std::uint64_t end() { return clock_->ended.fetch_add(1, std::memory_order_acq_rel); }
  // What came of it, once end() was called.
  static void complete(Entry& entry, std::uint64_t end, OpType type, Value result,
                       Symbol error = {});
  // The op ended by the exception that is being handled.
  void complete_with_exception(Entry& entry);

  // What had begun when the clock was at `now`, and what had ended. The entries stay where they
  // are.
  void append_to(std::vector<Event>& events, std::uint64_t now) const;

 private:
  static constexpr std::size_t kChunk = 256;
  using Chunk = std::array<Entry, kChunk>;

  Symbol symbol(std::string_view name);

  const std::shared_ptr<RecorderClock> clock_;
  Process process_;
  // The functions met so far: the table of all symbols is shared, and would slow the clients down.
  std::vector<std::pair<std::string, Symbol>> functions_;
  mutable std::mutex mutex_;  // of chunks_; taken once a chunk
  std::vector<std::unique_ptr<Chunk>> chunks_;
  Chunk* last_ = nullptr;
  std::atomic<std::size_t> size_{0};
};

// What says by false, or by being empty, that an operation changed nothing.
template <class T>
concept Success = std::same_as<T, bool> || kIsOptional<T>;

}  // namespace detail

class RecordingClient {
 public:
  // The same client, for ops on one of several independent objects.
  template <class Key>
  RecordingClient at(const Key& key) const {
    return RecordingClient(log_, to_value(key));
  }

  // Calls `operation` and records it as an op of the function `f` with `argument`, and what it
  // returned (see to_value.hpp) as its result: the argument again if that is void. Hands it on.
  // An exception is recorded as info, for nobody knows whether the op took effect; it goes on to
  // the caller, and the client to a new process. A cas that returns a bool is an attempt.
  template <class Argument, class Operation>
  auto record(std::string_view f, const Argument& argument, Operation&& operation) {
    return run(f, to_value(argument), operation, f == "cas");
  }
  template <class Operation>
  auto record(std::string_view f, Operation&& operation) {
    return run(f, Value(), operation, f == "cas");
  }

  // The same, for an operation that returns false or an empty optional when it changed nothing. It
  // is recorded as fail then; a cas, as one that met another value than it expected.
  template <class Argument, class Operation>
  requires detail::Success<std::invoke_result_t<Operation&>>
  auto attempt(std::string_view f, const Argument& argument, Operation&& operation) {
    return run(f, to_value(argument), operation, true);
  }
  template <class Operation>
  requires detail::Success<std::invoke_result_t<Operation&>>
  auto attempt(std::string_view f, Operation&& operation) {
    return run(f, Value(), operation, true);
  }

 private:
  friend class Recorder;
  using Log = detail::OpLog;

  explicit RecordingClient(std::shared_ptr<Log> log, Value key = {})
      : log_(std::move(log)), key_(std::move(key)) {}

  template <class Operation>
  auto run(std::string_view f, Value argument, Operation& operation, bool is_attempt) {
    using Result = std::invoke_result_t<Operation&>;
    Log::Entry& entry = log_->begin(f, key_, std::move(argument));
    try {
      if constexpr (std::is_void_v<Result>) {
        std::invoke(operation);
        Log::complete(entry, log_->end(), OpType::ok, entry.argument);
      } else {
        std::decay_t<Result> result = std::invoke(operation);
        complete(entry, log_->end(), result, is_attempt);
        return result;
      }
    } catch (...) {
      log_->complete_with_exception(entry);
      throw;
    }
  }

  template <class Result>
  static void complete(Log::Entry& entry, std::uint64_t end, const Result& result,
                       bool is_attempt) {
    if constexpr (detail::Success<Result>) {
      if (is_attempt && !result) {
        const Symbol error = entry.f == f::kCas ? kMismatch : Symbol();
        return Log::complete(entry, end, OpType::fail, entry.argument, error);
      }
      if (is_attempt && std::is_same_v<Result, bool>) {
        return Log::complete(entry, end, OpType::ok, entry.argument);
      }
    }
    Log::complete(entry, end, OpType::ok, to_value(result));
  }

  std::shared_ptr<Log> log_;
  Value key_;
};

class Recorder {
 public:
  Recorder();

  RecordingClient client();

  // What has been recorded so far. While clients are at work, ops that have not ended, or do so
  // meanwhile, have no completion: they may have taken effect, or not.
  History history() const;

 private:
  const std::shared_ptr<detail::RecorderClock> clock_;
  mutable std::mutex mutex_;  // of logs_
  std::vector<std::shared_ptr<detail::OpLog>> logs_;
};

}  // namespace faultline
