// Evidence: what makes a verdict verifiable without believing the checker: for valid a
// linearization, for invalid a core, for unknown what was decided. A plain value; checkers make it,
// verify checks it (checkers/verify.hpp), and harness/store keeps it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/value.hpp"
#include "harness/core/verdict.hpp"

namespace faultline {

// The few ops of a history that show that it is not linearizable; the others are left out, in a way
// that cannot make a linearizable history one that is not. checkers/README.md says which those are.
struct Core {
  static constexpr std::uint32_t kEnd = UINT32_MAX;
  // The part of the history in view, as positions in it: up to, but without, `to`.
  std::uint32_t from = 0;
  std::uint32_t to = kEnd;
  std::vector<std::size_t> ops;  // positions of their invocations, in order
};

struct Evidence {
  // Of one object.
  struct Part {
    Value key;  // nothing if the ops name no key
    Verdict verdict = Verdict::unknown;
    std::vector<std::size_t> linearization;  // valid: positions of invocations, in its order
    std::optional<Core> core;                // invalid; nothing if none was found
    std::string reason;                      // unknown, or why there is no core
  };

  std::string model;
  Value initial;
  bool nil_read_unconstrained = false;
  std::vector<Part> parts;
};

}  // namespace faultline
