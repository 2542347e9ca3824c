#include "harness/cli/read_write_workloads.hpp"

#include <fmt/format.h>

#include "harness/generators/generators.hpp"
#include "workloads/eventual.hpp"
#include "workloads/regular.hpp"
#include "workloads/rw_register.hpp"

namespace faultline::cli {
namespace {

Result<ReadWriteOptions> read_write_options(const TestPlan& plan) {
  const auto fits = gen::check_key_groups(plan.concurrency, plan.threads_per_key);
  if (!fits) return fits.error();
  return ReadWriteOptions{plan.threads_per_key, plan.ops_per_key};
}

Result<std::unique_ptr<Workload>> make_settled(const TestPlan& plan,
                                               const EventualOptions& promise) {
  const auto options = read_write_options(plan);
  if (!options) return options.error();
  if (plan.recovery_bound < promise.settle) {
    return Error{fmt::format(
        "--workload {} reads every key {} s after the last heal: it needs a "
        "--recovery-bound of that or more, not {}",
        plan.workload, seconds_text(promise.settle), seconds_text(plan.recovery_bound))};
  }
  return make_eventual_workload(*options, promise);
}

}  // namespace

Result<std::unique_ptr<Workload>> make_rw_register(const TestPlan& plan) {
  const auto options = read_write_options(plan);
  if (!options) return options.error();
  return make_rw_register_workload(*options);
}

Result<std::unique_ptr<Workload>> make_regular(const TestPlan& plan) {
  const auto options = read_write_options(plan);
  if (!options) return options.error();
  return make_regular_workload(*options);
}

Result<std::unique_ptr<Workload>> make_eventual(const TestPlan& plan) {
  return make_settled(plan, {});
}

Result<std::unique_ptr<Workload>> make_no_lost_writes(const TestPlan& plan) {
  EventualOptions promise;
  promise.no_lost_writes = true;
  return make_settled(plan, promise);
}

}  // namespace faultline::cli
