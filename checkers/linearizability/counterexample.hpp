// Counterexample: why a history is not linearizable, told to a person: the op that fits nowhere,
// the ops around it, and the longest linearization found. Plain ASCII, about 100 columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checkers/linearizability/decide.hpp"
#include "harness/core/evidence.hpp"

namespace faultline {

// Where each op of a history stands in the file it was read from. Empty: as in a run's own
// history.jsonl, where a header goes before them.
using LineNumbers = std::vector<std::uint32_t>;

struct Counterexample {
  std::string sentence;  // one line
  std::string text;      // many lines
};

// `decision` is what decide() said of `object`, read from the same history: invalid. `core` is what
// find_core() made of it, if it found one.
Counterexample explain(const History& history, const Value& key, const ObjectHistory& object,
                       const Model& model, const Decision& decision,
                       const std::optional<Core>& core, const LineNumbers& lines);

}  // namespace faultline
