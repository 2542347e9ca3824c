// verify: does the evidence for a verdict hold? It asks the model and nobody else: it shares no
// code with the search, and is far simpler. Any thread.
#pragma once

#include <string>
#include <vector>

#include "checkers/linearizability/partition.hpp"
#include "checkers/model.hpp"
#include "harness/core/evidence.hpp"

namespace faultline {

enum class Proof : std::uint8_t {
  holds,
  missing,  // there is none, or it is too large to be checked
  fails,    // so the verdict is not to be trusted
};

struct Verification {
  Value key;
  Verdict verdict = Verdict::unknown;  // what the evidence is for
  Proof proof = Proof::missing;
  std::size_t ops = 0;  // of the linearization or the core
  std::string what;     // why it does not hold
};

// One for each part of the evidence, and for each key of the history that has none. `model` is the
// one the evidence names.
//
// valid: the linearization has every completed op once, crashed ones at most once, keeps the order
// of ops that were not open at the same time, and each step is legal.
// invalid: what the core leaves out may be left out, and no order of what it keeps is legal, which
// is tried by brute force (up to about `effort` comparisons of two ops).
// The error names an op of the history that the model does not know.
OpResult<std::vector<Verification>> verify(const History& history, const Model& model,
                                           const Evidence& evidence,
                                           std::uint64_t effort = 2'000'000'000);

}  // namespace faultline
