// CounterexampleLayout: where the operations of a counterexample stand in its drawing. Time goes to
// the right; the order of all events is kept, so that what overlaps overlaps, but not the
// distances: an event gets as much room as the labels need. A plain value.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/core/counterexample_view.hpp"

namespace faultline {

struct CounterexampleLayout {
  struct Bar {
    CounterexampleView::Operation operation;
    std::size_t lane = 0;
    double begin = 0;
    double end = 0;  // of one that is open: the right edge
    bool failing = false;
    bool in_core = false;
    bool on_path = false;
    bool is_open() const { return operation.returned == CounterexampleView::kOpen; }
  };
  // Where an operation takes effect in the linearization: within its bar, and behind the one
  // before.
  struct Point {
    std::size_t bar = 0;
    double x = 0;
    std::string state;     // after it, shortened
    std::size_t step = 0;  // in the view's path
  };

  std::vector<Process> lanes;  // from the top down
  std::vector<Bar> bars;       // by their beginnings
  std::vector<Point> points;   // the end of the linearization, as far as its bars are shown
  double left = 0;
  double right = 0;

  // Between the events around it.
  double x(Time time) const;

  std::vector<std::pair<Time, double>> times;  // of all events, in their order
};

// The failing operation, as many of those around it as can be taken in, and the core if it is
// small.
CounterexampleLayout lay_out(const CounterexampleView& view, double left);

}  // namespace faultline
