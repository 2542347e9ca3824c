// What workloads of reads and writes without cas have in common. Stateless.
#pragma once

#include <vector>

#include "harness/core/generator.hpp"
#include "harness/core/time.hpp"
#include "harness/core/value.hpp"

namespace faultline {

struct ReadWriteOptions {
  int threads_per_key = 5;  // the concurrency must be a multiple of it
  int ops_per_key = 400;
};

// As many reads as writes on independent keys. No value is written to a key twice, so that a read
// names the write that it saw.
Gen reads_and_unique_writes(const ReadWriteOptions& options);

// When the cluster answers again, every key is read once.
Gen read_all_once(const std::vector<Value>& keys);

// When the cluster answers again and `settle` has passed, every process reads every key twice.
Gen read_all_by_all(const std::vector<Value>& keys, Duration settle);

}  // namespace faultline
