// RunEvents: what happened in a run beside the operations of its clients: faults from when they
// struck until they were mended, cures, and the controller's marks. Pure functions of a history.
#pragma once

#include <string>
#include <vector>

#include "harness/core/op.hpp"
#include "harness/report/run_page.hpp"

namespace faultline::cli {

// In the order in which they began. What is over at once (a restart) ends when it begins.
std::vector<RunPage::Fault> faults_of(const History& history);
std::vector<Cure> cures_of(const History& history);
std::vector<RunPage::Mark> marks_of(const History& history);
std::vector<RunPage::Leader> leaders_of(const History& history);
// How far the clocks are ahead of the run's, in so far as the nemesis clock made them wrong.
std::vector<RunPage::Clock> clocks_of(const History& history);

}  // namespace faultline::cli
