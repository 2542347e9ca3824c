// CounterexampleView: what there is to show of a history that is not linearizable: the op that fits
// nowhere, what went on around it, the longest linearization and the core. How it looks is up to
// who shows it: as text (checkers/linearizability/counterexample.hpp), as a drawing
// (harness/report/counterexample_svg.hpp). A plain value; texts in it are printable.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/op.hpp"

namespace faultline {

struct CounterexampleView {
  static constexpr std::size_t kOpen = SIZE_MAX;

  struct Operation {
    std::size_t invoked = 0;       // positions of its events in the history
    std::size_t returned = kOpen;  // kOpen: it never did, or what came of it is not known
    Process process = 0;
    std::string label;  // "write 3"
    Time begin = 0;     // the times of these events
    Time end = kNever;
  };
  struct Step {
    Operation operation;
    std::string state;  // after it
  };
  struct Fault {  // what a nemesis did, when it was done; or a mark of who leads
    std::size_t position = 0;
    Time at = 0;
    std::string text;
    bool is_mark = false;
  };
  struct Core {            // the few operations that are enough
    std::size_t from = 0;  // whatever happened before this event
    std::size_t to = kOpen;
    std::vector<Operation> operations;
  };

  std::string heading;   // "key 3, model register, initially nil"
  std::string sentence;  // in a line
  bool timed = false;    // the history tells times
  Operation failing;
  // In which it could have taken effect, by all that came before, and how many more there are; none
  // of them allows it. Empty: they are not known.
  std::vector<std::string> states;
  std::size_t more_states = 0;
  std::vector<Operation> around;  // what explains most first: the failing one
  // Why a state could also be another: "Of unknown outcome, and not needed so far: write 4 (process
  // 3) and 2 more." Empty if there is none of those.
  std::string unused;
  std::vector<Fault> faults;   // from the history's beginning until the failing one returned
  std::size_t counted = 0;     // operations that a linearization has to order
  std::size_t linearized = 0;  // how many the longest linearization found has;
  std::vector<Step> path;      // it ends in these
  std::optional<Core> core;
};

}  // namespace faultline
