// decide: is one partition of a history linearizable? Runs a depth-first and a breadth-first
// search, and one for a part that is invalid on its own, against each other on the calling thread,
// in slices that double, so that the work of the losers is bounded by that of the winner, and the
// answer is the same every time.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "checkers/linearizability/depth_first.hpp"
#include "checkers/linearizability/problem.hpp"
#include "checkers/linearizability/relaxation.hpp"
#include "harness/core/verdict.hpp"

namespace faultline {

struct Limits {
  std::chrono::milliseconds time{60'000};
  std::size_t memory_bytes = std::size_t{2} << 30;
  std::uint64_t steps = UINT64_MAX;  // of both searches together
  std::stop_token stop = {};
  std::atomic<std::size_t>* reached = nullptr;  // told how many ops in the search is
};

enum class Strategy : std::uint8_t { race, depth_first, breadth_first };

struct SearchOptions {
  Reductions reductions;
  Strategy strategy = Strategy::race;
  Patience patience = {};
};

// The op that no linearization could get past. It returned at `completion`, and could only have
// been linearized in one of `states`, in none of which it is legal. Without any states: they would
// have taken too long to find; no order of all ops up to the end is legal, and `op` is one of those
// that exclude one another.
struct Failure {
  Operation op;
  std::vector<Value> states;  // sorted
};

struct Decision {
  Verdict verdict = Verdict::unknown;
  std::string reason;  // if unknown: what was spent; otherwise empty
  // Positions of invocations in the history, in the order of the linearization: of all ops that
  // count if valid, otherwise of the longest one found.
  std::vector<std::size_t> linearization;
  std::optional<Failure> failure;  // if invalid
  std::optional<View> refuted;     // the part that is invalid on its own, if that was found
  // Ops of the object that are not linearizable when all the others are left out (of those about an
  // item, all are there), if that was found; see checkers/unique.
  std::vector<std::uint32_t> conflict;
  std::size_t ops = 0;  // those that count: neither failed nor crashed without effect
  std::uint64_t configurations = 0;
  // What decided: unique values, tightening, depth-first, breadth-first, refutation, or nothing.
  std::string_view search;
};

Decision decide(const ObjectHistory& object, const Model& model, const Limits& limits = {},
                const SearchOptions& options = {});

// The same without a failure that can be told: for those who only want the verdict.
Decision search(const ObjectHistory& object, const Model& model, const Limits& limits = {},
                const SearchOptions& options = {});

// The same, of a partition that has not been read yet. The error names an op that the model does
// not know.
Result<Decision> decide(const History& history, const Partition& partition, const Model& model,
                        const Value& initial, const ModelOptions& meaning = {},
                        const Limits& limits = {}, const SearchOptions& options = {});

}  // namespace faultline
