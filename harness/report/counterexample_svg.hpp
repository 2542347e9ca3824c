// A counterexample as an SVG image that needs no other file, for light and dark screens and for
// paper: a lane a process, an operation a bar, the longest linearization a path through the bars,
// with the state after each step, and the operation that it cannot get past. A pure function.
#pragma once

#include <string>
#include <vector>

#include "harness/core/counterexample_view.hpp"
#include "harness/report/run_page.hpp"

namespace faultline {

// Bars are <g class="op" data-op="ROW">, the row being that of the operation in `table`.
std::string counterexample_svg(const CounterexampleView& view,
                               const std::vector<RunPage::Fault>& faults,
                               const OperationTable& table);

}  // namespace faultline
