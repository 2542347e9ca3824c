// Router: what is answered to a request. A function of the request and of the files under results/;
// nothing is ever written. Thread-safe; the tree must outlive it.
//
//   /                          the list of runs            /api/runs, /api/runs?newest=COUNT
//   /runs/NAME/TIME/           its report.html, or ...
//   /runs/NAME/TIME/files      ... what there is of it     /api/run/NAME/TIME
//   /runs/NAME/TIME/FILE       a file of the run
//   /runs/NAME/TIME.zip        all of them
//   /compare?a=RUN&b=RUN       two runs side by side       /api/compare?a=RUN&b=RUN
//   /live/NAME/TIME            a run as it goes            /api/live/NAME/TIME?from=OFFSET
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "harness/serve/http.hpp"
#include "harness/serve/journal_events.hpp"
#include "harness/serve/results_tree.hpp"
#include "harness/serve/run_index.hpp"
#include "harness/serve/target.hpp"

namespace faultline::serve {

class Router {
 public:
  // `kinds`: of faults; `hosts`: names by which we may be called besides those of the loopback.
  Router(const ResultsTree& tree, std::vector<FaultKind> kinds, std::vector<std::string> hosts = {})
      : tree_(tree), kinds_(std::move(kinds)), hosts_(std::move(hosts)), index_(tree) {}

  Response answer(const Request& request);

 private:
  Response route(const Request& request, const Target& target);
  Response api(const Request& request, const Target& target);
  Response runs(const Target& target);
  Response run(const Target& target) const;
  std::optional<RunId> latest_in(const std::string& folder) const;
  Response file(const RunId& run, const std::string& path) const;
  Response zip(const RunId& run) const;
  Response describe(const RunId& run) const;
  Response live(const RunId& run, const Target& target) const;
  Response comparison(const Target& target);

  const ResultsTree& tree_;
  const std::vector<FaultKind> kinds_;
  const std::vector<std::string> hosts_;
  RunIndex index_;
  std::mutex comparing_;  // whole histories: one comparison at a time, the others try again
};

// The Content-Type of a file, by its name.
std::string_view content_type(std::string_view name);

}  // namespace faultline::serve
