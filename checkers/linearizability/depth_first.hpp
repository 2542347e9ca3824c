// DepthFirst: follows one linearization as far as it goes, then tries the next alternative,
// remembering every configuration it met (Wing and Gong 1993; Lowe 2017). Finds a witness of a
// valid history fast. One thread.
#pragma once

#include "checkers/linearizability/search.hpp"
#include "checkers/linearizability/visited_set.hpp"

namespace faultline {

class DepthFirst final : public Search {
 public:
  // All must outlive the search.
  DepthFirst(const Problem& problem, TransitionTable& table, CrashUsage& usages,
             const Reductions& reductions);

  Progress advance(std::uint64_t steps) override;
  const Obstacle& obstacle() const override { return obstacle_; }
  Trace trace() const override;
  std::uint64_t visited() const override { return visited_.size(); }
  std::size_t memory_bytes() const override;

 private:
  // A configuration that cannot pass its place, and those of its candidates still to be tried.
  struct Frame {
    Configuration configuration;
    std::uint32_t position;
    std::size_t trace_size;
    std::size_t candidates_begin;  // in candidates_; they end where those of the next frame begin
    std::size_t next;
  };

  void enter(Configuration configuration);
  void rewind(const Frame& frame);

  const Problem& problem_;
  Expansion expansion_;
  Window window_;
  VisitedSet visited_;
  std::vector<Frame> frames_;
  std::vector<Candidate> candidates_;
  Trace trace_;
  Obstacle obstacle_;
  Progress progress_ = Progress::running;

  // The trace that got farthest: the first best_size_ ops of trace_ until that is rewound past
  // them, when they are saved. Of saved_ the first common_ ops are still those of trace_, so that
  // saving copies only what is new.
  Trace saved_;
  std::size_t common_ = 0;
  std::size_t best_size_ = 0;
  bool best_is_saved_ = true;
};

}  // namespace faultline
