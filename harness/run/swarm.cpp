#include "harness/run/swarm.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "harness/core/rng.hpp"

namespace faultline {
namespace {

// A default that is drawn, and how often relative to the others.
template <class T>
struct Choice {
  T value;
  std::uint32_t weight = 1;
};

template <class T>
T draw(Rng rng, std::span<const Choice<T>> choices) {
  std::vector<std::uint32_t> weights;
  for (const Choice<T>& choice : choices) weights.push_back(choice.weight);
  return choices[rng.weighted(weights)].value;
}

constexpr std::array<Choice<int>, 4> kNodes{{{3, 5}, {4, 1}, {5, 5}, {7, 1}}};
constexpr std::array<Choice<int>, 4> kRates{{{100}, {200, 2}, {400}, {800}}};
// Also so short that several faults fall into one election.
constexpr std::array<Choice<Duration>, 5> kIntervals{{{50 * kMillisecond, 2},
                                                      {150 * kMillisecond, 3},
                                                      {400 * kMillisecond, 2},
                                                      {1000 * kMillisecond},
                                                      {2000 * kMillisecond}}};
// The longer a message takes, the more happens at the same time: two elections, a write and a cut.
// Longer than this, and elections hardly succeed.
constexpr std::array<Choice<Duration>, 4> kLatencies{
    {{1'500 * kMicrosecond, 3}, {5 * kMillisecond}, {12 * kMillisecond}, {25 * kMillisecond}}};
constexpr std::array<Choice<int>, 4> kThreadsPerKey{{{2}, {3}, {5, 2}, {8}}};
constexpr std::array<Choice<int>, 3> kGroups{{{1}, {2, 2}, {3}}};  // that work on a key each
// Mostly few: a register forgets a lost write with the next one, so what a cluster did wrong is
// best seen by many keys that live shortly; long lives are for what builds up.
constexpr std::array<Choice<int>, 4> kOpsPerKey{{{10}, {20, 2}, {100, 2}, {400}}};
constexpr std::array<Choice<int>, 4> kValues{{{3}, {5, 2}, {10}, {100}}};

// Each with its own odds, but not none at all.
std::vector<std::string> draw_nemeses(Rng rng, const std::vector<Pool::Nemesis>& pool) {
  std::vector<std::string> drawn;
  for (const auto& [name, percent] : pool) {
    if (rng.chance(static_cast<std::uint32_t>(percent), 100)) drawn.push_back(name);
  }
  if (drawn.empty() && !pool.empty()) drawn.push_back(rng.pick(pool).name);
  return drawn;
}

std::vector<std::string> draw_settings(Rng rng,
                                       const std::vector<std::vector<std::string>>& choices) {
  std::vector<std::string> drawn;
  for (const auto& of_one : choices) drawn.push_back(rng.pick(of_one));
  return drawn;
}

// In groups of as many as work on a key. What is given of the two is kept.
void draw_processes(const Rng& swarm, const Fields& given, TestPlan& plan) {
  if (!given.contains("--threads-per-key")) {
    std::vector<Choice<int>> choices(kThreadsPerKey.begin(), kThreadsPerKey.end());
    if (given.contains("--concurrency")) {
      choices.push_back({plan.concurrency});
      std::erase_if(choices, [&](const auto& each) { return plan.concurrency % each.value != 0; });
    }
    plan.threads_per_key =
        draw<int>(swarm.split("threads-per-key"), std::span<const Choice<int>>(choices));
  }
  if (!given.contains("--concurrency")) {
    plan.concurrency = plan.threads_per_key * draw<int>(swarm.split("groups"), kGroups);
  }
}

void draw_defaults(const Fields& given, const Pool& pool, TestPlan& plan) {
  const Rng swarm = Rng(plan.seed).split("swarm");
  const auto set = [&](const char* flag, auto& field, auto choices) {
    using Field = std::remove_reference_t<decltype(field)>;
    if (!given.contains(flag)) field = draw<Field>(swarm.split(flag), std::span(choices));
  };
  set("--nodes", plan.nodes, std::span(kNodes));
  set("--rate", plan.rate, std::span(kRates));
  set("--nemesis-interval", plan.nemesis_interval, std::span(kIntervals));
  if (plan.environment == "sim") set("--latency", plan.latency, std::span(kLatencies));
  set("--ops-per-key", plan.ops_per_key, std::span(kOpsPerKey));
  set("--values", plan.values, std::span(kValues));
  draw_processes(swarm, given, plan);
  if (!given.contains("--nemesis") && !pool.nemeses.empty()) {
    plan.nemeses = draw_nemeses(swarm.split("--nemesis"), pool.nemeses);
  }
  if (!given.contains("--set")) {
    plan.settings = draw_settings(swarm.split("--set"), pool.settings);
  }
}

void set_plain_defaults(const Fields& given, TestPlan& plan) {
  // In real time a minute costs a minute, so more should happen in it; in sim an op costs time.
  if (!given.contains("--rate") && plan.environment != "sim") plan.rate = 500;
  if (!given.contains("--concurrency")) plan.concurrency = 2 * plan.nodes;
  if (!given.contains("--threads-per-key")) {
    plan.threads_per_key = std::min(plan.nodes, plan.concurrency);
  }
}

}  // namespace

TestPlan default_plan(const TestPlan& plan, const Fields& given, const Pool& pool) {
  TestPlan result = with_only(plan, given);
  if (!given.contains("--swarm")) result.swarm = result.environment == "sim";
  if (result.swarm) {
    draw_defaults(given, pool, result);
  } else {
    set_plain_defaults(given, result);
  }
  return result;
}

Fields unusual_fields(const TestPlan& plan, const Pool& pool) {
  Fields fields{"--seed"};
  for (;;) {
    const TestPlan standard = default_plan(plan, fields, pool);
    const std::string_view different = first_difference(plan, standard);
    if (different.empty()) return fields;
    fields.emplace(different);
  }
}

}  // namespace faultline
