// DepthFirst: follows one linearization as far as it goes, then tries the next alternative,
// remembering every configuration it met (Wing and Gong 1993; Lowe 2017). Finds a witness of a
// valid history fast. One thread.
//
// Dead ends are mostly local, but their reason may lie many events back, and between the two there
// are too many alternatives to try. So when the search gets no farther for a while it puts the
// alternatives of the last events aside and goes on with those before them, the farther back the
// longer it has been stuck. A configuration that differs from many others in nothing but which
// crashed ops it used, of which there is often plenty, is put aside, too. What was put aside is
// tried when nothing else is left: only then is the history invalid.
//
// Crashed ops get a search out of almost any dead end, but then they are missing where nothing else
// helps. So those that a configuration could use are put off until the others of the last few
// events have been tried.
#pragma once

#include "checkers/linearizability/search.hpp"
#include "checkers/linearizability/visited_set.hpp"

namespace faultline {

// When to put something aside. Any numbers are sound; these were found to be fast.
struct Patience {
  std::uint32_t go_back = 256;  // events, when it is stuck for the first time
  std::uint64_t for_each = 10;  // configurations to look at for each event to go back
  std::size_t crowd = 16;       // configurations that differ in the crashed ops used alone
  std::uint64_t thrift = 32;    // configurations to look at before crashed ops are used
};

class DepthFirst final : public Search {
 public:
  // All must outlive the search.
  DepthFirst(const Problem& problem, TransitionTable& table, CrashUsage& usages,
             const Reductions& reductions, const Patience& patience = {});

  Progress advance(std::uint64_t steps) override;
  const Obstacle& obstacle() const override { return obstacle_; }
  Trace trace() const override;
  std::uint64_t visited() const override { return visited_.size(); }
  std::size_t memory_bytes() const override;

 private:
  // A configuration that cannot pass its place, and those of its candidates still to be tried.
  struct Frame {
    Configuration configuration;
    std::uint32_t position = 0;
    std::uint32_t last = Step::kRoot;  // of its trace, in steps_
    std::size_t steps_size = 0;        // of steps_ when it was entered
    std::size_t candidates_begin = 0;  // in candidates_; they end where those of the next begin
    std::size_t next = 0;
  };
  struct SetAside {
    Configuration configuration;
    std::uint32_t position = 0;
    std::uint32_t last = Step::kRoot;
    std::vector<Candidate> candidates;  // still to be tried
  };

  void enter(Configuration configuration, bool pass);
  void rewind(const Frame& frame);
  void record(const Trace& added);
  void set_aside_last_events();
  void set_aside(Configuration configuration);
  bool is_thrifty() const { return stuck_ < patience_.thrift && !resuming_; }
  void put_off_last();
  bool resume_farthest_put_off();
  bool resume();
  void resume(SetAside aside);

  const Problem& problem_;
  Expansion expansion_;
  Window window_;
  const Patience patience_;
  VisitedSet visited_;
  std::vector<Frame> frames_;
  std::vector<Candidate> candidates_;
  std::vector<SetAside> aside_;
  std::vector<SetAside> put_off_;   // when the next of their candidates was crashed
  std::size_t put_off_before_ = 0;  // how many of them when it last got farther
  std::vector<Step> steps_;
  std::size_t steps_kept_ = 0;        // those before are part of a trace that is still of interest
  std::uint32_t last_ = Step::kRoot;  // of the trace that is followed
  std::uint32_t best_ = Step::kRoot;  // of the one that got farthest
  Trace added_;
  Obstacle obstacle_;
  std::uint64_t stuck_ = 0;    // configurations since it last got farther
  std::uint32_t go_back_ = 0;  // events to go back when it is stuck next
  bool resuming_ = false;      // nothing is left but what was put aside
  Progress progress_ = Progress::running;
};

}  // namespace faultline
