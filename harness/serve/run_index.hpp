// RunIndex: what is known of every stored run in one line: the list that the first page shows.
//
// A run that has been judged is read once, and again when its directory has changed; the others
// are looked at every time, since they may be growing. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
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
// The line of the list: an object; null if it is no run.
Json describe_run(const ResultsTree& tree, const RunId& run);

class RunIndex {
 public:
  explicit RunIndex(const ResultsTree& tree) : tree_(tree) {}

  // {"runs":[...]} as text, the newest first.
  std::string list();

 private:
  struct Known {
    Nanoseconds modified = 0;  // the directory, when it was read
    std::string row;
  };
  using Rows = std::map<std::string, Known, std::less<>>;  // by time and name

  void add(const std::string& name, const Entry& directory, Nanoseconds now, Rows& rows) const;

  const ResultsTree& tree_;
  std::mutex mutex_;
  Rows known_;
};

}  // namespace faultline::serve
