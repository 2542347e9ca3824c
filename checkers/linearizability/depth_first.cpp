#include "checkers/linearizability/depth_first.hpp"

#include <algorithm>

namespace faultline {

DepthFirst::DepthFirst(const Problem& problem, TransitionTable& table, CrashUsage& usages,
                       const Reductions& reductions, const Patience& patience)
    : problem_(problem),
      expansion_(problem, table, usages, reductions),
      window_(problem),
      patience_(patience),
      visited_(problem.words(), reductions.dominance, usages),
      go_back_(patience.go_back) {
  Configuration initial = expansion_.initial();
  expansion_.absorb_invoked(initial, 0, window_, added_);
  record(added_);
  enter(std::move(initial));
}

Progress DepthFirst::advance(std::uint64_t steps) {
  for (; steps > 0 && progress_ == Progress::running; --steps) {
    if (frames_.empty() && !resume()) {
      progress_ = Progress::invalid;
      break;
    }
    if (stuck_ > patience_.for_each * go_back_) {
      set_aside_last_events();
      if (frames_.empty()) continue;
    }
    Frame& frame = frames_.back();
    rewind(frame);
    if (frame.next == candidates_.size()) {
      candidates_.resize(frame.candidates_begin);
      frames_.pop_back();
      continue;
    }
    const Candidate candidate = candidates_[frame.next++];
    Configuration next = frame.configuration;
    added_.clear();
    expansion_.apply(next, candidate, window_, added_);
    record(added_);
    enter(std::move(next));
  }
  return progress_;
}

// Moves on past the returns of ops that the configuration contains, and if it is new where that
// ends, makes it the next to be expanded.
void DepthFirst::enter(Configuration configuration) {
  while (!window_.at_end()) {
    const std::uint32_t slot = problem_.ops[window_.returning()].slot;
    if (!configuration.has(slot)) break;
    configuration.remove(slot);
    const std::uint32_t since = window_.position() + 1;
    window_.advance();
    added_.clear();
    expansion_.absorb_invoked(configuration, since, window_, added_);
    record(added_);
  }
  if (window_.at_end()) {
    best_ = last_;
    progress_ = Progress::valid;
    return;
  }
  if (!visited_.insert(window_.position(), configuration)) return;
  ++stuck_;
  if (visited_.crowd() > patience_.crowd && !resuming_) return set_aside(std::move(configuration));
  if (obstacle_.meet(window_.position(), configuration.state)) {
    best_ = last_;
    steps_kept_ = steps_.size();
    stuck_ = 0;
    go_back_ = patience_.go_back;
  }
  const std::size_t begin = candidates_.size();
  expansion_.candidates(configuration, window_, candidates_);
  frames_.push_back(
      {std::move(configuration), window_.position(), last_, steps_.size(), begin, begin});
}

void DepthFirst::set_aside(Configuration configuration) {
  SetAside aside{std::move(configuration), window_.position(), last_, {}};
  expansion_.candidates(aside.configuration, window_, aside.candidates);
  steps_kept_ = std::max(steps_kept_, steps_.size());
  aside_.push_back(std::move(aside));
}

void DepthFirst::record(const Trace& added) {
  for (const std::uint32_t op : added) {
    steps_.push_back({last_, op});
    last_ = static_cast<std::uint32_t>(steps_.size() - 1);
  }
}

void DepthFirst::rewind(const Frame& frame) {
  window_.move_to(frame.position);
  last_ = frame.last;
  steps_.resize(std::min(steps_.size(), std::max(frame.steps_size, steps_kept_)));
}

void DepthFirst::set_aside_last_events() {
  const std::uint32_t farthest = obstacle_.position;
  const std::uint32_t until = farthest - std::min(farthest, go_back_);
  while (!frames_.empty() && frames_.back().position > until) {
    Frame& frame = frames_.back();
    const auto next = candidates_.begin() + static_cast<std::ptrdiff_t>(frame.next);
    if (next != candidates_.end()) {
      aside_.push_back({std::move(frame.configuration), frame.position, frame.last,
                        std::vector<Candidate>(next, candidates_.end())});
      steps_kept_ = std::max(steps_kept_, frame.steps_size);
    }
    candidates_.resize(frame.candidates_begin);
    frames_.pop_back();
  }
  stuck_ = 0;
  go_back_ = go_back_ > UINT32_MAX / 2 ? go_back_ : go_back_ + go_back_ / 2 + 1;
}

// Goes on with what was set aside last.
bool DepthFirst::resume() {
  if (aside_.empty()) return false;
  resuming_ = true;
  SetAside& last = aside_.back();
  const std::size_t begin = candidates_.size();
  candidates_.insert(candidates_.end(), last.candidates.begin(), last.candidates.end());
  frames_.push_back(
      {std::move(last.configuration), last.position, last.last, steps_.size(), begin, begin});
  aside_.pop_back();
  return true;
}

Trace DepthFirst::trace() const {
  return trace_to(best_, steps_);
}

std::size_t DepthFirst::memory_bytes() const {
  const std::size_t wide = problem_.words() > 1 ? problem_.words() * 8 : 0;  // bits on the heap
  return visited_.memory_bytes() + frames_.capacity() * sizeof(Frame) + frames_.size() * wide +
         aside_.capacity() * (sizeof(SetAside) + wide + 8 * sizeof(Candidate)) +
         candidates_.capacity() * sizeof(Candidate) + steps_.capacity() * sizeof(Step);
}

}  // namespace faultline
