// BreadthFirst: carries all configurations that matter from one return event to the next (a
// frontier). Lean on invalid histories, and its memory does not grow with their length but for
// the traces. One thread.
#pragma once

#include "checkers/linearizability/search.hpp"
#include "checkers/linearizability/visited_set.hpp"

namespace faultline {

class BreadthFirst final : public Search {
 public:
  // All must outlive the search.
  BreadthFirst(const Problem& problem, TransitionTable& table, CrashUsage& usages,
               const Reductions& reductions);

  Progress advance(std::uint64_t steps) override;
  const Obstacle& obstacle() const override { return obstacle_; }
  Trace trace() const override;
  std::uint64_t visited() const override { return visited_; }
  std::size_t memory_bytes() const override;

 private:
  struct Tail {
    std::uint32_t last = Step::kRoot;  // in steps_
    std::uint32_t length = 0;
  };
  struct Node {
    Configuration configuration;
    Tail trace;
  };

  void start_event(std::vector<Node> arrived, std::uint32_t since);
  void finish_event();
  bool take_next(Node& node);
  void expand(const Node& node);
  void pass(Node node);
  void queue(Node node);
  Tail extend(Tail trace, const Trace& ops);
  void forget_dead_traces();

  const Problem& problem_;
  CrashUsage& usages_;
  Expansion expansion_;
  Window window_;
  // By the number of crashed ops used: fewer first, so that nothing is expanded that is dominated.
  std::vector<std::vector<Node>> levels_;
  std::size_t level_ = 0;
  std::size_t cursor_ = 0;
  std::vector<Node> passed_;
  VisitedSet here_;   // configurations met at this event
  VisitedSet there_;  // those of passed_
  std::vector<Step> steps_;
  std::size_t steps_limit_;  // when to look for dead traces
  Tail longest_;             // of the traces with which this event was reached
  std::vector<Candidate> candidates_;
  Trace added_;
  Obstacle obstacle_;
  std::uint64_t visited_ = 0;
  Progress progress_ = Progress::running;
};

}  // namespace faultline
