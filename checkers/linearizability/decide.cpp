#include "checkers/linearizability/decide.hpp"

#include <fmt/format.h>

#include <cassert>

#include "checkers/linearizability/breadth_first.hpp"
#include "checkers/linearizability/depth_first.hpp"
#include "checkers/linearizability/refutation.hpp"
#include "checkers/unique/decide_unique.hpp"

namespace faultline {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kUniqueValues = "unique values";
constexpr std::size_t kMostToExplain = 2000;  // ops
constexpr std::uint64_t kFirstSlice = 256;
constexpr std::uint64_t kLongestSlice = 1 << 16;
constexpr std::uint64_t kFirstOfRefutation = 1 << 13;  // before that the whole may be done as soon
constexpr std::uint64_t kStepsBetweenLooks = 256;      // at the limits
constexpr std::uint64_t kStepsAnEvent = 32;            // of a search that gets on well

Operation source(const ObjectHistory& object, std::uint32_t op) {
  return {object.ops[op].invoked, object.ops[op].returned};
}

class Race {
 public:
  Race(const Problem& problem, const Model& model, const Limits& limits,
       const SearchOptions& options)
      : problem_(problem), limits_(limits), table_(model, problem) {
    if (options.strategy != Strategy::breadth_first) {
      runners_.push_back(
          {"depth-first", std::make_unique<DepthFirst>(problem, table_, usages_, options.reductions,
                                                       options.patience)});
    }
    if (options.strategy != Strategy::depth_first) {
      runners_.push_back({"breadth-first", std::make_unique<BreadthFirst>(problem, table_, usages_,
                                                                          options.reductions)});
    }
    if (options.strategy == Strategy::race && options.reductions.refute &&
        Refutation::is_possible(*problem.object)) {
      auto refutation =
          std::make_unique<Refutation>(problem, model, *runners_[0].search, options.reductions);
      refutation_ = refutation.get();
      runners_.push_back({"refutation", std::move(refutation)});
    }
  }

  Decision run() {
    for (std::uint64_t slice = kFirstSlice;; slice = std::min(2 * slice, kLongestSlice)) {
      for (std::size_t i = 0; i < runners_.size(); ++i) {
        Search& search = *runners_[i].search;
        if (&search == refutation_ && slice < kFirstOfRefutation) continue;
        const std::uint32_t before = search.obstacle().position;
        for (std::uint64_t left = slice; left > 0;) {
          const std::uint64_t steps = std::min(left, kStepsBetweenLooks);
          left -= steps;
          spent_ += steps;
          const Progress progress = search.advance(steps);
          if (progress != Progress::running) return decided(i, progress);
          if (const auto why = limit_reached()) return exhausted(*why);
        }
        report_progress();
        // While the first gets on well the others need not try.
        if ((search.obstacle().position - before) * kStepsAnEvent >= slice) break;
      }
      if (memory_bytes() > limits_.memory_bytes && !drop_larger()) {
        return exhausted(fmt::format("{} MB of memory were spent", limits_.memory_bytes >> 20));
      }
    }
  }

 private:
  struct Runner {
    std::string_view name;
    std::unique_ptr<Search> search;
  };

  std::optional<std::string> limit_reached() const {
    if (limits_.stop.stop_requested()) return "it was stopped";
    if (spent_ >= limits_.steps) return fmt::format("{} steps were spent", spent_);
    const auto elapsed = SteadyClock::now() - start_;
    if (elapsed < limits_.time) return std::nullopt;
    return fmt::format("{} ms were spent",
                       std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count());
  }

  void report_progress() const {
    if (limits_.reached == nullptr || problem_.events.empty()) return;
    const std::uint64_t position = runners_[0].search->obstacle().position;
    *limits_.reached = position * problem_.ops.size() / problem_.events.size();
  }

  std::size_t memory_bytes() const {
    std::size_t bytes = table_.memory_bytes() + usages_.memory_bytes();
    for (const Runner& runner : runners_) bytes += runner.search->memory_bytes();
    return bytes;
  }

  // Ends the search that uses more memory, if the other can go on without it.
  bool drop_larger() {
    if (runners_.size() - (refutation_ == nullptr ? 0 : 1) < 2) return false;
    const bool first = runners_[0].search->memory_bytes() > runners_[1].search->memory_bytes();
    dropped_configurations_ += runners_[first ? 0 : 1].search->visited();
    runners_.erase(runners_.begin() + (first ? 0 : 1));
    if (refutation_ != nullptr) refutation_->watch(*runners_[0].search);
    return memory_bytes() <= limits_.memory_bytes;
  }

  Decision decided(std::size_t winner, Progress progress) const {
    Decision decision;
    const Search& search = *runners_[winner].search;
    decision.verdict = progress == Progress::valid ? Verdict::valid : Verdict::invalid;
    decision.search = runners_[winner].name;
    report(search, decision);
    if (progress != Progress::invalid) return decision;
    decision.failure = failure(search.obstacle());
    if (&search == refutation_) decision.refuted = refutation_->view();
    return decision;
  }

  Decision exhausted(const std::string& what) const {
    Decision decision;
    const Search* farthest = runners_[0].search.get();
    for (const Runner& runner : runners_) {
      if (runner.search->obstacle().position > farthest->obstacle().position) {
        farthest = runner.search.get();
      }
    }
    report(*farthest, decision);
    decision.reason = fmt::format("undecided after {} configurations, {} of {} ops in: {}",
                                  decision.configurations, decision.linearization.size(),
                                  problem_.ops.size(), what);
    return decision;
  }

  void report(const Search& search, Decision& decision) const {
    decision.ops = problem_.ops.size();
    decision.configurations = dropped_configurations_;
    for (const Runner& runner : runners_) decision.configurations += runner.search->visited();
    for (std::uint32_t op : search.trace()) {
      decision.linearization.push_back(problem_.object->ops[op].invoked);
    }
  }

  Failure failure(const Obstacle& obstacle) const {
    const std::uint32_t op = problem_.events[obstacle.position].cause;
    Failure failure{source(*problem_.object, op), {}};
    for (std::uint32_t state : obstacle.states) failure.states.push_back(table_.state(state));
    std::sort(failure.states.begin(), failure.states.end());
    return failure;
  }

  const SteadyClock::time_point start_ = SteadyClock::now();
  const Problem& problem_;
  const Limits& limits_;
  TransitionTable table_;
  CrashUsage usages_;
  std::vector<Runner> runners_;
  Refutation* refutation_ = nullptr;  // the last of the runners, if there is one
  std::uint64_t spent_ = 0;
  std::uint64_t dropped_configurations_ = 0;
};

// Reductions that know the future tell that there is no linearization, but not where the first
// prefix without one ends and in which states. A search without them does, if it is not too long.
void explain_as_recorded(const ObjectHistory& object, const Model& model, Limits limits,
                         Reductions reductions, Decision& decision) {
  constexpr std::uint64_t kSteps = 200'000;
  reductions.merge_values = reductions.tighten = reductions.look_ahead = reductions.refute = false;
  const Problem problem = compile(object, model, reductions);
  limits.steps = std::min(limits.steps, kSteps);
  Decision plain = Race(problem, model, limits, {reductions, Strategy::race}).run();
  decision.configurations += plain.configurations;
  if (plain.verdict == Verdict::invalid) {
    decision.failure = std::move(plain.failure);
    decision.linearization = std::move(plain.linearization);
  } else {
    decision.failure->states.clear();
    decision.linearization.clear();
  }
}

Decision without_search(const ObjectHistory& object, const UniqueDecision& found) {
  Decision decision;
  decision.ops = object.ops.size();
  decision.search = kUniqueValues;
  if (found.valid) {
    decision.verdict = Verdict::valid;
    decision.linearization.reserve(found.ops.size());
    for (std::uint32_t op : found.ops) decision.linearization.push_back(object.ops[op].invoked);
    return decision;
  }
  decision.verdict = Verdict::invalid;
  decision.conflict = found.ops;
  // Of completed ops the one that returned last.
  std::uint32_t last = found.ops.front();
  for (std::uint32_t op : found.ops) {
    const bool later =
        object.ops[last].crashed() || object.ops[op].returned > object.ops[last].returned;
    if (later && !object.ops[op].crashed()) last = op;
  }
  decision.failure = Failure{source(object, last), {}};
  return decision;
}

}  // namespace

Decision search(const ObjectHistory& object, const Model& model, const Limits& limits,
                const SearchOptions& options) {
  // Who asks for one of the searches gets it.
  Limits left = limits;
  if (options.reductions.unique_values && options.strategy == Strategy::race) {
    const auto start = SteadyClock::now();
    const auto spent = [&] {
      return limits.stop.stop_requested() || SteadyClock::now() - start >= limits.time / 2;
    };
    const auto found = decide_unique(object, model, spent);
    if (found) return without_search(object, *found);
    left.time -= std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
  }
  const Problem problem = compile(object, model, options.reductions);
  if (!problem.impossible) return Race(problem, model, left, options).run();
  Decision decision;
  decision.verdict = Verdict::invalid;
  decision.ops = object.ops.size();
  decision.search = "tightening";
  decision.failure = Failure{source(object, *problem.impossible), {}};
  return decision;
}

Decision decide(const ObjectHistory& object, const Model& model, const Limits& limits,
                const SearchOptions& options) {
  const auto start = SteadyClock::now();
  Decision decision = search(object, model, limits, options);
  // Where no search was needed, one for the sake of the explanation may be: states get large.
  const bool unexplained = decision.search == kUniqueValues
                               ? object.ops.size() <= kMostToExplain
                               : object.has_rules() || model.distance != nullptr;
  if (decision.verdict == Verdict::invalid && unexplained) {
    Limits left = limits;
    left.time -= std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
    explain_as_recorded(object, model, left, options.reductions, decision);
  }
  return decision;
}

Result<Decision> decide(const History& history, const Partition& partition, const Model& model,
                        const Value& initial, const ModelOptions& meaning, const Limits& limits,
                        const SearchOptions& options) {
  const auto object = read_object(history, partition, model, initial, meaning);
  if (!object) return object.error().error();
  return decide(*object, model, limits, options);
}

}  // namespace faultline
