#include "harness/run/interpreter.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <numeric>

#include "harness/core/environment.hpp"
#include "harness/core/validating.hpp"

namespace faultline {
namespace {

std::vector<Process> first_processes(int concurrency) {
  std::vector<Process> processes(static_cast<std::size_t>(concurrency) + 1);
  std::iota(processes.begin(), processes.end(), 0);
  processes.back() = kNemesis;
  return processes;
}

}  // namespace

Interpreter::Interpreter(InterpreterSetup setup, Rng rng)
    : setup_(std::move(setup)),
      rng_(rng),
      processes_(first_processes(setup_.concurrency)),
      context_(processes_, rng_),
      workers_(processes_.size()) {}

Interpreter::~Interpreter() {
  for (Worker& worker : workers_) {
    if (worker.resume) std::exchange(worker.resume, nullptr)(std::nullopt);
  }
}

void Interpreter::start_workers() {
  for (int thread = 0; thread < static_cast<int>(workers_.size()); ++thread) {
    asio::co_spawn(executor_, serve(thread), [this](const std::exception_ptr& thrown) {
      if (!thrown) return;
      failure_ = thrown;
      wake();
    });
  }
}

Task<> Interpreter::run(Gen gen) {
  if (!executor_) {
    executor_ = co_await asio::this_coro::executor;
    start_workers();
    co_await wait_until(setup_.clock->now());  // lets the workers reach their first wait
  }
  for (;;) {
    if (failure_) std::rethrow_exception(failure_);
    // Completions first: an op must not be recorded as concurrent with one that is already over.
    gen = take_completions(std::move(gen));
    if (setup_.should_stop()) gen = nullptr;
    context_.time = setup_.clock->now();
    Next upcoming = next(gen, context_);
    Time deadline = kNever;
    switch (upcoming.kind) {
      case Next::Kind::done:
        if (outstanding_ == 0) co_return;
        gen = nullptr;
        break;
      case Next::Kind::pending:
        gen = std::move(upcoming.rest);
        deadline = upcoming.wake;
        break;
      case Next::Kind::op:
        if (upcoming.op.time <= context_.time) {
          upcoming.op.time = context_.time;
          context_.set_busy(context_.thread_of(upcoming.op.process));
          setup_.record(upcoming.op);
          gen = update(upcoming.rest, context_, upcoming.op);
          dispatch(upcoming.op);
          continue;
        }
        deadline = upcoming.op.time;  // not yet: asked for again then, of the same generator
        break;
    }
    if (deadline == kNever && outstanding_ == 0) {
      throw std::logic_error("the generator waits, but nothing is under way that could wake it");
    }
    co_await wait_until(deadline);
  }
}

Gen Interpreter::take_completions(Gen gen) {
  while (!completed_.empty()) {
    Op op = std::move(completed_.front());
    completed_.pop_front();
    --outstanding_;
    const int thread = context_.thread_of(op.process);
    op.time = context_.time = setup_.clock->now();
    context_.set_free(thread);
    setup_.record(op);
    gen = update(gen, context_, op);
    if (op.type == OpType::info && !op.is_nemesis()) {
      processes_[static_cast<std::size_t>(thread)] += setup_.concurrency;
      workers_[static_cast<std::size_t>(thread)].client.reset();
    }
  }
  return gen;
}

void Interpreter::dispatch(const Op& op) {
  ++outstanding_;
  Worker& worker = workers_[static_cast<std::size_t>(context_.thread_of(op.process))];
  std::exchange(worker.resume, nullptr)(op);
}

Task<> Interpreter::serve(int thread) {
  Worker& worker = workers_[static_cast<std::size_t>(thread)];
  for (;;) {
    auto start = [&worker](auto resume) { worker.resume = std::move(resume); };
    std::optional<Op> op = co_await suspend<std::optional<Op>>(start);
    if (!op) co_return;
    Op done = co_await carry_out(thread, *op);
    completed_.push_back(std::move(done));
    wake();
  }
}

Task<Op> Interpreter::carry_out(int thread, const Op& op) {
  if (op.is_nemesis()) {
    Op done = co_await setup_.nemesis->invoke(op);
    co_return done;
  }
  auto& client = workers_[static_cast<std::size_t>(thread)].client;
  if (!client) client = setup_.connect(op.process);
  std::string failure;
  try {
    Op done = co_await client->invoke(op);
    co_return done;
  } catch (const BrokenContract&) {
    throw;
  } catch (const EnvironmentLost&) {
    throw;
  } catch (const std::exception& e) {
    failure = e.what();
  }
  co_return completion(op, OpType::info, Symbol::of(failure));
}

Task<> Interpreter::wait_until(Time deadline) {
  if (!completed_.empty() || failure_) co_return;
  const std::uint64_t number = ++wait_number_;
  auto start = [this, deadline, number](std::function<void()> resume) {
    waker_ = std::move(resume);
    if (deadline == kNever) return;
    const auto end = [this, number] {
      if (number == wait_number_) wake();
    };
    // Behind whatever else is due at that time: what happens comes before what is decided, so that
    // a schedule of the ops alone, run again, gives the same order.
    setup_.clock->call_at(deadline, [this, deadline, number, end] {
      if (number == wait_number_) setup_.clock->call_at(deadline, end);
    });
  };
  co_await suspend<>(start);
}

void Interpreter::wake() {
  // Not at once: the worker that calls this must first be ready for its next op.
  if (waker_) asio::post(executor_, std::exchange(waker_, nullptr));
}

}  // namespace faultline
