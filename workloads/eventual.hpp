// eventual and no-lost-writes: the reads and writes of rw-register; some time after the last heal
// every process reads every key, each from a node of its own. What they see is held to
// checkers/eventual.hpp.
#pragma once

#include <memory>

#include "checkers/eventual.hpp"
#include "harness/core/workload.hpp"
#include "workloads/read_write.hpp"

namespace faultline {

std::unique_ptr<Workload> make_eventual_workload(const ReadWriteOptions& options,
                                                 const EventualOptions& promise);

}  // namespace faultline
