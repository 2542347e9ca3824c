// Expansion: the successors of a configuration, shared by both searches.
//
// Just-in-time linearization (Lowe, Testing for Linearizability, 2017): a configuration is left
// alone until an op returns that it does not contain; only then are open ops linearized, in every
// order that might help, until that op is in. The reductions, and why each loses no verdict:
//
// greedy_pure. A pure op p, legal now, is linearized now. Take any linearization that has p later
//   and move p here: p is open and legal, and what stood between sees the same states as before,
//   since p changed none of them.
// symmetry. Of open ops of the same kind the one that returns first is taken, crashed ones last.
//   If a linearization takes o2 here and the equal o1 later, exchange them: both are open, o1 gets
//   an earlier place, and o2 the place of o1, which is before the return of o1, hence before that
//   of o2 (a crashed op never returns).
// dominance. Of two configurations equal but for the crashed ops used, one that used no more of
//   any class can do all that the other can, and as fast: copy its steps. The other is dropped. For
//   the same reason a crashed op that would leave the state as it is is never used.
//
// merge_values, tighten. Done before the search: see problem.cpp and tightening.hpp.
// look_ahead. Where every call has a ValueEffect: the state v must not be left if an op that needs
//   v has to return before anyone could make v again (no open op can, and the next one that can is
//   invoked after that return): that op would find v never again. It may be invoked yet. The op
//   that leaves may be the one op that needs v. And a crashed op that makes a useless value
//   (no completed op needs it, nor what crashed ops make of it) is used only if an open op excludes
//   the present state: in a linearization that uses it elsewhere, move it to right before the first
//   op after it that excludes this state, or leave it out, with the crashed ops that need its
//   value, if a completed op changes the state first; what stood between did not mind the old
//   state.
//   Where the object grows instead (Sights), the state must not become one that does not lead to
//   what an op still has to see, unless another op that makes such a state at once is left for it:
//   neither used nor returned, and invoked before that op returns.
//
// Which candidate comes first decides between milliseconds and never: the op that must return now;
// what makes the value that it needs, or leads there in two steps; and of those, ops that need a
// value themselves before writes, which fit anywhere, and before crashed ops, which need not
// happen. Where a state grows and a pure op tells all of it (Model::distance): what leads to the
// state that the next pure op saw.
//
// Relaxations (relaxation.hpp) may let the history begin in one of several states, let the state
// jump, and make ops optional that did return. Then symmetry does not hold between an op that is
// optional and one that is not: taking the optional one instead would leave the other to do.
//
// One thread; used with one window and one search.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/linearizability/configuration.hpp"
#include "checkers/linearizability/crash_usage.hpp"
#include "checkers/linearizability/problem.hpp"
#include "checkers/linearizability/transition_table.hpp"
#include "checkers/linearizability/window.hpp"

namespace faultline {

struct Candidate {
  enum class What : std::uint8_t {
    op,       // an open op is linearized
    crashed,  // one of a crash class is
    jump,     // the state changes by itself: granted by a relaxation
    pass,     // the op that returns is left out: granted by a relaxation
  };
  std::uint32_t which = 0;  // an op, or a crash class
  std::uint32_t next_state = 0;
  What what = What::op;
  int cost = 0;  // the smaller the sooner
};

using Trace = std::vector<std::uint32_t>;  // ops in the order in which they were linearized

class Expansion {
 public:
  // All must outlive it; the table and the usages may be shared by searches on the same thread.
  Expansion(const Problem& problem, TransitionTable& table, CrashUsage& usages,
            const Reductions& reductions);

  std::vector<Configuration> starts() const;  // one, unless a relaxation grants more
  // Appends what may be linearized next, the most promising first.
  void candidates(const Configuration& at, const Window& window, std::vector<Candidate>& out);
  // Linearizes `candidate`, unless it passes, and greedily what it made legal.
  void apply(Configuration& to, const Candidate& candidate, const Window& window, Trace& trace);
  // Linearizes greedily what was invoked since position `since`.
  void absorb_invoked(Configuration& to, std::uint32_t since, const Window& window, Trace& trace);

 private:
  void add_crashed(const Configuration& at, std::span<const std::uint32_t> classes,
                   const Window& window, std::vector<Candidate>& out);
  void prefer_useful(const Configuration& at, const Window& window, std::size_t begin,
                     std::vector<Candidate>& out);
  void head_for_sights(const Configuration& at, const Window& window, std::size_t begin,
                       std::vector<Candidate>& out);
  bool is_reachable(std::uint32_t sight, std::uint32_t state, const Configuration& at,
                    const Candidate& candidate, const Window& window) const;
  void add_free(const Configuration& at, const Window& window, std::vector<Candidate>& out) const;
  void look_ahead(const Configuration& at, const Window& window, std::size_t begin,
                  std::vector<Candidate>& out) const;
  void absorb(Configuration& to, std::uint32_t op, Trace& trace);

  const Problem& problem_;
  TransitionTable& table_;
  CrashUsage& usages_;
  const Reductions reductions_;
  std::vector<std::uint8_t> bridges_;
  std::vector<std::uint32_t> sights_;
  std::vector<std::uint32_t> seen_kinds_;  // per kind, the round in which it was seen last
  std::uint32_t round_ = 0;
};

}  // namespace faultline
