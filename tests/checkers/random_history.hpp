// Small random histories of a really atomic object, with crashes and failures, some of them then
// corrupted so that many are not linearizable.
#pragma once

#include <string>

#include "harness/core/op.hpp"
#include "harness/core/rng.hpp"

namespace faultline {

struct HistoryShape {
  int min_ops = 1;
  int max_ops = 8;
  int max_processes = 4;
  int values = 3;            // how many different ones are written
  int crashes_percent = 15;  // of ops that end in info, or never
};

History random_history(const std::string& model, const HistoryShape& shape, Rng& rng);

// Changes the outcome or the result of one completed op.
void corrupt(const std::string& model, const HistoryShape& shape, History& history, Rng& rng);

}  // namespace faultline
