// RecordedHistory: what reading a history file gives. A plain value, owned by whoever read it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/op.hpp"

namespace faultline {

struct RecordedHistory {
  History ops;
  std::vector<std::uint32_t> lines;  // of each op: where it is in the file, from 1
  std::string format;                // its name in harness/store/README.md, e.g. "jsonl"
  std::vector<std::string> notes;    // what was left out, for the user: one sentence each
  // A read that completed with nothing says nothing about the state (Knossos's convention), rather
  // than that the object was absent.
  bool nil_read_unconstrained = false;
};

}  // namespace faultline
