#include "checkers/linearizability/depth_first.hpp"

#include <algorithm>
#include <utility>

namespace faultline {

DepthFirst::DepthFirst(const Problem& problem, TransitionTable& table, CrashUsage& usages,
                       const Reductions& reductions, const Patience& patience)
    : problem_(problem),
      expansion_(problem, table, usages, reductions),
      window_(problem),
      patience_(patience),
      visited_(problem.words(), reductions.dominance, usages),
      go_back_(patience.go_back) {
  const std::uint32_t first = window_.position();
  for (Configuration& start : expansion_.starts()) {
    window_.move_to(first);
    last_ = Step::kRoot;
    added_.clear();
    expansion_.absorb_invoked(start, 0, window_, added_);
    record(added_);
    enter(std::move(start), false);
    if (progress_ != Progress::running) break;
  }
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
    if (!is_thrifty() && resume_farthest_put_off()) continue;
    Frame& frame = frames_.back();
    rewind(frame);
    if (frame.next == candidates_.size()) {
      candidates_.resize(frame.candidates_begin);
      frames_.pop_back();
      continue;
    }
    if (candidates_[frame.next].what == Candidate::What::crashed && is_thrifty()) {
      put_off_last();
      continue;
    }
    const Candidate candidate = candidates_[frame.next++];
    Configuration next = frame.configuration;
    added_.clear();
    expansion_.apply(next, candidate, window_, added_);
    record(added_);
    enter(std::move(next), candidate.what == Candidate::What::pass);
  }
  return progress_;
}

// Moves on past the returns of ops that the configuration contains, and if it is new where that
// ends, makes it the next to be expanded. The first op need not be contained if `pass`.
void DepthFirst::enter(Configuration configuration, bool pass) {
  while (!window_.at_end()) {
    const std::uint32_t slot = problem_.ops[window_.returning()].slot;
    if (!configuration.has(slot) && !std::exchange(pass, false)) break;
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
    put_off_before_ = put_off_.size();
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

// What is left to try of the last configuration are crashed ops.
void DepthFirst::put_off_last() {
  Frame& frame = frames_.back();
  const auto next = candidates_.begin() + static_cast<std::ptrdiff_t>(frame.next);
  put_off_.push_back({std::move(frame.configuration), frame.position, frame.last,
                      std::vector<Candidate>(next, candidates_.end())});
  steps_kept_ = std::max(steps_kept_, frame.steps_size);
  candidates_.resize(frame.candidates_begin);
  frames_.pop_back();
}

// Goes on with what was put off farthest in, unless there is something farther still to be tried.
bool DepthFirst::resume_farthest_put_off() {
  const auto begin = put_off_.begin() + static_cast<std::ptrdiff_t>(put_off_before_);
  const auto farthest = std::max_element(
      begin, put_off_.end(),
      [](const SetAside& a, const SetAside& b) { return a.position < b.position; });
  if (farthest == put_off_.end()) return false;
  if (!frames_.empty() && frames_.back().position > farthest->position) return false;
  std::swap(*farthest, put_off_.back());
  SetAside last = std::move(put_off_.back());
  put_off_.pop_back();
  resume(std::move(last));
  return true;
}

// Goes on with what was put off last, or if there is none, with what was set aside last.
bool DepthFirst::resume() {
  std::vector<SetAside>& from = put_off_.empty() ? aside_ : put_off_;
  if (from.empty()) return false;
  if (put_off_.empty()) {
    resuming_ = true;
  } else {
    stuck_ = std::max(stuck_, patience_.thrift);  // there is nothing but crashed ops
  }
  SetAside last = std::move(from.back());
  from.pop_back();
  put_off_before_ = std::min(put_off_before_, put_off_.size());
  resume(std::move(last));
  return true;
}

void DepthFirst::resume(SetAside aside) {
  const std::size_t begin = candidates_.size();
  candidates_.insert(candidates_.end(), aside.candidates.begin(), aside.candidates.end());
  frames_.push_back(
      {std::move(aside.configuration), aside.position, aside.last, steps_.size(), begin, begin});
}

Trace DepthFirst::trace() const {
  return trace_to(best_, steps_);
}

std::size_t DepthFirst::memory_bytes() const {
  const std::size_t wide = problem_.words() > 1 ? problem_.words() * 8 : 0;  // bits on the heap
  return visited_.memory_bytes() + frames_.capacity() * sizeof(Frame) + frames_.size() * wide +
         (aside_.capacity() + put_off_.capacity()) *
             (sizeof(SetAside) + wide + 8 * sizeof(Candidate)) +
         candidates_.capacity() * sizeof(Candidate) + steps_.capacity() * sizeof(Step);
}

}  // namespace faultline
