#include "targets/hosted_cluster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/core/all_of.hpp"
#include "targets/early_death.hpp"

namespace faultline {
namespace {

constexpr Duration kPollInterval = 10 * kMillisecond;

Task<std::vector<std::optional<NodeStatus>>> statuses_of(Environment& environment) {
  HostingPower& hosting = *environment.powers().hosting;
  std::vector<Task<std::optional<NodeStatus>>> questions;
  for (NodeId node = 0; node < environment.size(); ++node) {
    questions.push_back(hosting.status(node));
  }
  auto statuses = co_await all_of(std::move(questions));
  co_return statuses;
}

}  // namespace

Task<std::optional<Leader>> hosted_leader(Environment& environment) {
  if (environment.powers().hosting == nullptr) co_return std::nullopt;
  const auto statuses = co_await statuses_of(environment);
  std::optional<Leader> leader;
  for (NodeId node = 0; node < environment.size(); ++node) {
    const std::optional<NodeStatus>& status = statuses[static_cast<std::size_t>(node)];
    if (!status || !status->leader || (leader && status->term <= leader->term)) continue;
    leader = Leader(node, status->term);
  }
  co_return leader;
}

Task<bool> has_hosted_leader(Environment& environment) {
  const std::optional<Leader> leader = co_await hosted_leader(environment);
  co_return leader.has_value();
}

Task<bool> all_hosted_answer(Environment& environment) {
  const auto statuses = co_await statuses_of(environment);
  co_return std::ranges::all_of(statuses, [](const auto& status) { return status.has_value(); });
}

Task<Result<void>> start_hosted(Environment& environment, std::string name, HostedProgram program,
                                Readiness readiness, Duration timeout) {
  HostingPower* hosting = environment.powers().hosting;
  if (hosting == nullptr) {
    co_return Error{name + ": this environment cannot host nodes of our own"};
  }
  Result<void> installed = hosting->install(std::move(program));
  if (!installed) co_return installed;

  Clock& clock = environment.clock();
  const Time deadline = clock.now() + timeout;
  for (;;) {
    const bool ready = co_await readiness.reached(environment);
    if (ready) break;
    if (const auto died = early_death(environment, name)) co_return *died;
    if (clock.now() >= deadline) {
      co_return Error{fmt::format("{}: {} among {} nodes within {} s", name, readiness.missing,
                                  environment.size(), to_seconds(timeout))};
    }
    co_await sleep_until(clock, clock.now() + kPollInterval);
  }
  Result<void> up;  // named: g++ 12 takes the temporary for uninitialized
  co_return up;
}

}  // namespace faultline
