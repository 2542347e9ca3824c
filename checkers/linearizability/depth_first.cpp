#include "checkers/linearizability/depth_first.hpp"

namespace faultline {

DepthFirst::DepthFirst(const Problem& problem, TransitionTable& table, CrashUsage& usages,
                       const Reductions& reductions)
    : problem_(problem),
      expansion_(problem, table, usages, reductions),
      window_(problem),
      visited_(problem.words(), reductions.dominance, usages) {
  Configuration initial = expansion_.initial();
  expansion_.absorb_invoked(initial, 0, window_, trace_);
  enter(std::move(initial));
}

Progress DepthFirst::advance(std::uint64_t steps) {
  for (; steps > 0 && progress_ == Progress::running; --steps) {
    if (frames_.empty()) {
      progress_ = Progress::invalid;
      break;
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
    expansion_.apply(next, candidate, window_, trace_);
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
    expansion_.absorb_invoked(configuration, since, window_, trace_);
  }
  if (window_.at_end()) {
    progress_ = Progress::valid;
    return;
  }
  if (!visited_.insert(window_.position(), configuration)) return;
  if (obstacle_.meet(window_.position(), configuration.state)) {
    best_size_ = trace_.size();
    best_is_saved_ = false;
  }
  const std::size_t begin = candidates_.size();
  expansion_.candidates(configuration, window_, candidates_);
  frames_.push_back({std::move(configuration), window_.position(), trace_.size(), begin, begin});
}

void DepthFirst::rewind(const Frame& frame) {
  window_.move_back_to(frame.position);
  if (!best_is_saved_ && frame.trace_size < best_size_) {
    saved_.resize(common_);
    saved_.insert(saved_.end(), trace_.begin() + static_cast<std::ptrdiff_t>(common_),
                  trace_.begin() + static_cast<std::ptrdiff_t>(best_size_));
    common_ = best_size_;
    best_is_saved_ = true;
  }
  common_ = std::min(common_, frame.trace_size);
  trace_.resize(frame.trace_size);
}

Trace DepthFirst::trace() const {
  if (progress_ == Progress::valid) return trace_;
  if (best_is_saved_) return saved_;
  return {trace_.begin(), trace_.begin() + static_cast<std::ptrdiff_t>(best_size_)};
}

std::size_t DepthFirst::memory_bytes() const {
  const std::size_t wide = problem_.words() > 1 ? problem_.words() * 8 : 0;  // bits on the heap
  return visited_.memory_bytes() + frames_.capacity() * sizeof(Frame) + frames_.size() * wide +
         candidates_.capacity() * sizeof(Candidate) + (trace_.capacity() + saved_.capacity()) * 4;
}

}  // namespace faultline
