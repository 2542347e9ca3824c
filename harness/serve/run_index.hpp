// RunIndex: what is known of every stored run in one line: the list that the first page shows.
//
// A run that has been judged is read once, and again when its directory has changed; the others
// are looked at every time, since they may be growing. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/serve/results_tree.hpp"
#include "harness/store/json_value.hpp"

namespace faultline::serve {

struct RunId {
  std::string name;
  std::string time;

  std::string path() const { return name + "/" + time; }
};

enum class RunState : std::uint8_t {
  judged,
  running,
  judging,    // all is recorded, the verdict is not there yet
  cut_short,  // it ended without a verdict
};
std::string_view to_string(RunState state);

// Nothing if it is no run: there is neither a plan nor a history.
std::optional<RunState> state_of(const ResultsTree& tree, const RunId& run);
// The line of the list, and "report": is there one? An object; null if it is no run.
Json describe_run(const ResultsTree& tree, const RunId& run);

class RunIndex {
 public:
  explicit RunIndex(const ResultsTree& tree) : tree_(tree) {}

  // {"runs":[...],"more":false} as text, the newest first; of no more than the `most` newest, and
  // without a look into the others, if it is given: then "more" says whether there are others.
  std::string list(std::optional<std::size_t> most = {});

 private:
  struct Known {
    Nanoseconds modified = 0;  // the directory, when it was read
    std::string row;
  };

  std::vector<RunId> runs() const;
  std::vector<std::string> read(const std::vector<RunId>& runs, bool all);
  std::optional<Known> look_at(const ResultsTree& folder, const RunId& run, Nanoseconds now) const;

  const ResultsTree& tree_;
  std::mutex reading_all_;  // who comes meanwhile finds it done
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Known> known_;  // by path
};

}  // namespace faultline::serve
