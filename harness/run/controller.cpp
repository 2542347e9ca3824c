#include "harness/run/controller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <set>

#include "harness/generators/generators.hpp"
#include "harness/run/cluster_watch.hpp"
#include "harness/run/election_wait.hpp"
#include "harness/run/interpreter.hpp"

namespace faultline {
namespace {

// How long to wait for the next fault or cure. Half of them come in the wake of the one before,
// while the cluster still reels from it: elections are short, and that is when they can be hurt.
Duration draw_pause(Rng& rng, Duration mean) {
  if (rng.chance(1, 2)) return rng.between(1, std::max<Duration>(1, mean / 5));
  return rng.between(
      1, std::max<Duration>(1, mean * 19 / 5));  // so that the mean of both together is `mean`
}

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception of no known kind";
  }
}

class Life {
 public:
  Life(const TestPlan& plan, Parts& parts, const RunHooks& hooks, const Schedule* schedule)
      : plan_(plan),
        parts_(parts),
        hooks_(hooks),
        schedule_(schedule),
        watch_(*parts.target, *parts.environment, listener()),
        interpreter_(setup(), rng_for(plan, "ops")) {}

  Task<> run() {
    Result<void> started = co_await parts_.target->start(*parts_.environment);
    if (!started) {
      result_ = started.error();
      co_return;
    }
    hooks_.started();
    co_await watch();
    std::exception_ptr failure;
    try {
      co_await interpreter_.run(main_phase());
      if (watch_failure_) std::rethrow_exception(watch_failure_);
      const Symbol stopped = hooks_.should_stop();
      stopping_ = true;  // from here on a request to stop changes nothing: healing must happen
      co_await interpreter_.run(gen::nemesis(healing()));
      mark(f::kHealed, not_healed_);
      co_await interpreter_.run(final_phase());
      watch_.stop();
      if (watch_failure_) std::rethrow_exception(watch_failure_);
      watch_.look_for_deaths();
      mark(f::kFinished, stopped);
    } catch (const EnvironmentLost&) {
      throw;  // there is nothing left to heal
    } catch (...) {
      failure = std::current_exception();
    }
    if (!failure) co_return;
    try {
      for (const Op& op : parts_.nemesis->healing()) co_await parts_.nemesis->invoke(op);
    } catch (...) {
      throw std::runtime_error(fmt::format("{}; then healing failed, too: {}", text_of(failure),
                                           text_of(std::current_exception())));
    }
    std::rethrow_exception(failure);
  }

  const Result<void>& result() const { return result_; }

 private:
  InterpreterSetup setup() {
    InterpreterSetup setup;
    setup.clock = &parts_.environment->clock();
    setup.nemesis = parts_.nemesis.get();
    setup.concurrency = plan_.concurrency;
    setup.connect = [this](Process process) {
      const NodeId home = process % parts_.environment->size();
      return parts_.target->connect(*parts_.environment, home, process);
    };
    setup.record = [this](const Op& op) {
      if (!op.key.is_nothing()) keys_.insert(op.key);
      hooks_.record(op);
      if (!op.is_nemesis()) return;
      if (stopping_ && op.type == OpType::info && !op.error.empty()) not_healed_ = op.error;
      nemesis_is_busy_ = op.type == OpType::invoke;
      if (!nemesis_is_busy_) write_news();
    };
    setup.should_stop = [this] {
      return watch_failure_ || (!stopping_ && !hooks_.should_stop().empty());
    };
    return setup;
  }

  ClusterWatch::Listener listener() {
    return {[this](const Leader& leader) {
              tell(f::kLeader, LeaderMark{node_name(leader.node), leader.term}.value());
            },
            [this](NodeId node, const std::string& how) {
              tell(f::kDied, Value::List{node_name(node), how});
            }};
  }

  // A process has one op open at a time, the nemesis, too: what is seen meanwhile waits.
  void tell(Symbol f, Value value) {
    news_.emplace_back(f, std::move(value));
    if (!nemesis_is_busy_) write_news();
  }
  void write_news() {
    for (auto& [f, value] : std::exchange(news_, {})) mark(f, {}, std::move(value));
  }

  // In virtual time elections are too many, and of a seed: whoever wants them can see them.
  Task<> watch() {
    if (plan_.environment == "sim") co_return;
    const auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, watch_.run(),
                   [this](std::exception_ptr thrown) { watch_failure_ = std::move(thrown); });
  }

  // Puts a mark of the controller's into the history.
  void mark(Symbol f, Symbol error = {}, Value value = {}) const {
    Op op = invocation(f, std::move(value));
    op.process = kNemesis;
    op.time = parts_.environment->clock().now();
    hooks_.record(op);
    hooks_.record(completion(op, OpType::info, error));
  }

  Gen main_phase() const {
    if (schedule_ != nullptr) return scheduled(schedule_->main);
    Gen ops = gen::stagger(kSecond / plan_.rate, parts_.workload->generator());
    return gen::time_limit(plan_.time_limit, gen::clients(std::move(ops), faults()));
  }

  // A pause, a fault or a cure, a pause, ... First the cluster is seen to work for a while. Each
  // round has a stream of chance of its own: what clients do does not change what the nemesis
  // draws.
  Gen faults() const {
    if (parts_.nemesis->functions().empty()) return nullptr;
    const Nemesis& nemesis = *parts_.nemesis;
    const Rng chance = rng_for(plan_, "faults");
    const Duration mean = plan_.nemesis_interval;
    const bool waits = waits_for_elections(nemesis);
    const auto round = [&nemesis, chance, mean, waits](const Context&, std::int64_t i) {
      Rng rng = chance.split(static_cast<std::uint64_t>(i));
      gen::Gens steps{gen::sleep(draw_pause(rng, mean))};
      if (waits && rng.chance(1, 3)) steps.push_back(gen::once(draw_election_wait(rng)));
      const auto propose = [&nemesis, rng](const Context&) {
        Rng again = rng;  // whoever asks twice is told the same
        return nemesis.propose(again);
      };
      steps.push_back(gen::limit(1, gen::each(propose)));
      return gen::sequence(std::move(steps));
    };
    return gen::sequence({gen::sleep(mean), gen::numbered(round)});
  }

  Gen healing() const {
    gen::Gens ops;
    for (Op& op : parts_.nemesis->healing()) ops.push_back(gen::once(std::move(op)));
    return gen::sequence(std::move(ops));
  }

  // Longer than the bound, so that a late recovery is seen as what it is.
  Gen final_phase() const {
    if (schedule_ != nullptr && schedule_->last) return scheduled(*schedule_->last);
    const std::vector<Value> keys(keys_.begin(), keys_.end());
    return gen::time_limit(2 * plan_.recovery_bound,
                           gen::clients(parts_.workload->final_generator(keys)));
  }

  const TestPlan& plan_;
  Parts& parts_;
  const RunHooks& hooks_;
  const Schedule* const schedule_;  // null: none
  std::set<Value> keys_;            // that were used
  bool stopping_ = false;
  Symbol not_healed_;  // what went wrong when everything was to be mended
  bool nemesis_is_busy_ = false;
  std::vector<std::pair<Symbol, Value>> news_;  // to be marked
  std::exception_ptr watch_failure_;
  ClusterWatch watch_;
  Interpreter interpreter_;
  Result<void> result_;
};

}  // namespace

Result<void> run_test(const TestPlan& plan, Parts& parts, const RunHooks& hooks,
                      const Schedule* schedule) {
  Life life(plan, parts, hooks, schedule);
  parts.environment->run(life.run());
  return life.result();
}

Rng rng_for(const TestPlan& plan, std::string_view consumer) {
  return Rng(plan.seed).split(consumer);
}

}  // namespace faultline
