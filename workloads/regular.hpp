// regular: the reads and writes of rw-register; each key must be a regular register
// (checkers/regular.hpp).
#pragma once

#include <memory>

#include "harness/core/workload.hpp"
#include "workloads/read_write.hpp"

namespace faultline {

std::unique_ptr<Workload> make_regular_workload(const ReadWriteOptions& options);

}  // namespace faultline
