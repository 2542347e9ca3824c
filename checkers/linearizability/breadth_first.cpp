#include "checkers/linearizability/breadth_first.hpp"

namespace faultline {
namespace {

constexpr std::size_t kFirstStepsLimit = 1 << 16;

}  // namespace

BreadthFirst::BreadthFirst(const Problem& problem, TransitionTable& table, CrashUsage& usages,
                           const Reductions& reductions)
    : problem_(problem),
      usages_(usages),
      expansion_(problem, table, usages, reductions),
      window_(problem),
      here_(problem.words(), reductions.dominance, usages),
      there_(problem.words(), reductions.dominance, usages),
      steps_limit_(kFirstStepsLimit) {
  std::vector<Node> starts;
  for (Configuration& start : expansion_.starts()) starts.push_back({std::move(start), Tail{}});
  start_event(std::move(starts), 0);
}

Progress BreadthFirst::advance(std::uint64_t steps) {
  Node node;
  while (steps > 0 && progress_ == Progress::running) {
    --steps;
    if (!take_next(node)) {
      finish_event();
      continue;
    }
    ++visited_;
    if (node.configuration.has(problem_.ops[window_.returning()].slot)) {
      pass(std::move(node));
    } else {
      obstacle_.meet(window_.position(), node.configuration.state);
      expand(node);
      steps -= std::min<std::uint64_t>(steps, candidates_.size());
    }
  }
  return progress_;
}

void BreadthFirst::start_event(std::vector<Node> arrived, std::uint32_t since) {
  for (auto& level : levels_) level.clear();
  level_ = cursor_ = 0;
  here_.clear();
  longest_ = {};
  for (Node& node : arrived) {
    added_.clear();
    expansion_.absorb_invoked(node.configuration, since, window_, added_);
    node.trace = extend(node.trace, added_);
    if (node.trace.length > longest_.length) longest_ = node.trace;
  }
  if (window_.at_end()) {
    progress_ = Progress::valid;
    return;
  }
  for (Node& node : arrived) {
    if (here_.insert(0, node.configuration)) queue(std::move(node));
  }
}

void BreadthFirst::finish_event() {
  if (passed_.empty()) {
    progress_ = Progress::invalid;
    return;
  }
  forget_dead_traces();
  there_.clear();
  const std::uint32_t since = window_.position() + 1;
  window_.advance();
  std::vector<Node> arrived;
  arrived.swap(passed_);
  start_event(std::move(arrived), since);
}

bool BreadthFirst::take_next(Node& node) {
  for (; level_ < levels_.size(); ++level_, cursor_ = 0) {
    if (cursor_ < levels_[level_].size()) {
      node = std::move(levels_[level_][cursor_++]);
      return true;
    }
  }
  return false;
}

void BreadthFirst::expand(const Node& node) {
  candidates_.clear();
  expansion_.candidates(node.configuration, window_, candidates_);
  const std::uint32_t slot = problem_.ops[window_.returning()].slot;
  for (const Candidate& candidate : candidates_) {
    Configuration next = node.configuration;
    added_.clear();
    expansion_.apply(next, candidate, window_, added_);
    if (next.has(slot) || candidate.what == Candidate::What::pass) {
      next.remove(slot);
      if (there_.insert(0, next)) passed_.push_back({std::move(next), extend(node.trace, added_)});
    } else if (here_.insert(0, next)) {
      queue({std::move(next), extend(node.trace, added_)});
    }
  }
}

// A configuration that contains the returning op goes on to the next event.
void BreadthFirst::pass(Node node) {
  node.configuration.remove(problem_.ops[window_.returning()].slot);
  if (there_.insert(0, node.configuration)) passed_.push_back(std::move(node));
}

void BreadthFirst::queue(Node node) {
  const std::size_t used = usages_.total(node.configuration.usage);
  if (used >= levels_.size()) levels_.resize(used + 1);
  levels_[used].push_back(std::move(node));
}

BreadthFirst::Tail BreadthFirst::extend(Tail trace, const Trace& ops) {
  for (std::uint32_t op : ops) {
    steps_.push_back({trace.last, op});
    trace = {static_cast<std::uint32_t>(steps_.size() - 1), trace.length + 1};
  }
  return trace;
}

// Keeps only the steps that lead to passed_. Parents come before their children, so one pass
// backwards finds them and one forwards moves them. Done when the steps have doubled.
void BreadthFirst::forget_dead_traces() {
  if (steps_.size() < steps_limit_) return;
  std::vector<std::uint32_t> moved(steps_.size(), Step::kRoot);
  constexpr std::uint32_t kLive = 0;
  for (const Node& node : passed_) {
    if (node.trace.last != Step::kRoot) moved[node.trace.last] = kLive;
  }
  for (std::size_t i = steps_.size(); i-- > 0;) {
    if (moved[i] == kLive && steps_[i].parent != Step::kRoot) moved[steps_[i].parent] = kLive;
  }
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (moved[i] != kLive) continue;
    const Step step = steps_[i];
    steps_[count] = {step.parent == Step::kRoot ? Step::kRoot : moved[step.parent], step.op};
    moved[i] = count++;
  }
  steps_.resize(count);
  for (Node& node : passed_) {
    if (node.trace.last != Step::kRoot) node.trace.last = moved[node.trace.last];
  }
  steps_limit_ = std::max(kFirstStepsLimit, 2 * steps_.size());
}

Trace BreadthFirst::trace() const {
  return trace_to(longest_.last, steps_);
}

std::size_t BreadthFirst::memory_bytes() const {
  const std::size_t wide = problem_.words() > 1 ? problem_.words() * 8 : 0;  // bits on the heap
  std::size_t nodes = passed_.capacity();
  for (const auto& level : levels_) nodes += level.capacity();
  return here_.memory_bytes() + there_.memory_bytes() + nodes * (sizeof(Node) + wide) +
         steps_.capacity() * sizeof(Step);
}

}  // namespace faultline
