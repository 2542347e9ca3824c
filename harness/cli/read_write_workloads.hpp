// The workloads of reads and writes without cas, as the registry makes them. Error: the plan's
// options do not fit together.
#pragma once

#include <memory>

#include "harness/core/result.hpp"
#include "harness/core/workload.hpp"
#include "harness/run/plan.hpp"

namespace faultline::cli {

Result<std::unique_ptr<Workload>> make_rw_register(const TestPlan& plan);
Result<std::unique_ptr<Workload>> make_regular(const TestPlan& plan);
Result<std::unique_ptr<Workload>> make_eventual(const TestPlan& plan);
Result<std::unique_ptr<Workload>> make_no_lost_writes(const TestPlan& plan);

}  // namespace faultline::cli
