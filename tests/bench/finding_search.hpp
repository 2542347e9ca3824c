// Looking for a bug: runs with one seed after the other until a run is invalid, and what showed it.
// In memory; deterministic but for the times it takes. One thread.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "harness/core/checker.hpp"
#include "harness/core/op.hpp"

namespace faultline::bench {

struct Quarry {
  std::string target;
  std::string bug;  // empty: none, so that whatever is found is a false alarm
};

struct Search {
  Quarry quarry;
  std::uint64_t first_seed = 1;
  int most_runs = 1;
  std::string options;  // more of `faultline test`: "--no-swarm --nodes 3"
};

// What came of a search.
struct Found {
  bool caught = false;       // by the last run
  std::string anomaly;       // that the last run showed, if it was
  std::string repeat;        // the command that shows it again, if it was
  int runs = 0;              // as many as were done
  int unknown = 0;           // of those
  std::string unknown_last;  // why the last of them was, and the command that shows it
  double virtual_seconds = 0;
  double wall_seconds = 0;
  double cpu_seconds = 0;
};

Found search(const Search& what);

// In a few words what `report`, which is invalid, shows of `history`: "linearizable: read of an old
// value". Says no more than the evidence does: which op could not be explained.
std::string anomaly(const Report& report, const History& history);

nlohmann::ordered_json to_json(const Found& found);
Found found_from_json(const nlohmann::ordered_json& json);

}  // namespace faultline::bench
