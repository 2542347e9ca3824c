// RunDiagram: what the trace of a simulated run (--trace) shows of it: the messages around its
// violation, or in any other stretch of it, and who led when. Functions of what is stored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/evidence.hpp"
#include "harness/core/op.hpp"
#include "harness/report/run_page.hpp"
#include "harness/report/space_time.hpp"
#include "harness/run/plan.hpp"
#include "harness/store/source.hpp"

namespace faultline::cli {

// The operations that show the violation; none if the evidence has none. Throws UsageError if it
// is not of this history; `where` is the file that it is from.
std::vector<SpaceTime::Operation> violating_operations(const History& history,
                                                       const Evidence& evidence,
                                                       const std::string& where);

// The position of the op by which a checker that leaves no evidence shows that the run is invalid,
// as results.json says. Nothing if there is none.
std::optional<std::size_t> failing_op_in(const Json& results, const History& history);

// The one invoked at that position of the history.
SpaceTime::Operation operation_at(const History& history, std::size_t position);

// The end of them, where the violation can be seen, and as much of what led there as one can take
// in. Nothing if there are none.
std::optional<SpaceTime::Window> window_around(const std::vector<SpaceTime::Operation>& operations);
// When the last fault struck, and what came of it. Nothing if there was none.
std::optional<SpaceTime::Window> window_around(const std::vector<RunPage::Fault>& faults);

// Error: the trace cannot be understood; names file, line and what was expected.
Result<SpaceTime> run_diagram(const Source& trace, const TestPlan& plan, const History& history,
                              std::vector<SpaceTime::Operation> operations,
                              const SpaceTime::Window& window);

// Each stretch for which a node led, by when they began. Error: as above.
Result<std::vector<RunPage::Leader>> leaders_in(const Source& trace);

}  // namespace faultline::cli
