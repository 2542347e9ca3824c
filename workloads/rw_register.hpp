// rw-register: reads and writes of different values on independent keys, each of which must behave
// as one linearizable register. For systems without cas.
#pragma once

#include <memory>

#include "harness/core/workload.hpp"
#include "workloads/read_write.hpp"

namespace faultline {

std::unique_ptr<Workload> make_rw_register_workload(const ReadWriteOptions& options);

}  // namespace faultline
