// The tables `unique` and `exchanged`: queues, stacks, sets and priority queues to which every item
// is added once.
#include <fmt/format.h>

#include "tests/bench/frontier_cell.hpp"
#include "tests/checkers/unique_histories.hpp"

namespace faultline::bench {
namespace {

// Shorter ones take no time.
constexpr std::int64_t kShortest = 100'000;

Subject subject_of(UniqueShape shape) {
  const auto generate = [shape](std::uint64_t seed) mutable {
    shape.seed = seed;
    return unique_history(shape);
  };
  const bool wrong = shape.wrong != Wrong::nothing;
  return {.shape = fmt::format("{:<14} {:>7} {:>5.0f} %", shape.model, shape.clients,
                               shape.crashed * 100),
          .model = shape.model,
          .ops = shape.ops,
          .history = generate,
          .expected = wrong ? std::nullopt : std::optional(Verdict::valid)};
}

bool print(const Scale& scale, Wrong wrong) {
  std::vector<Subject> subjects;
  for (const char* model : {"fifo-queue", "stack", "set", "priority-queue"}) {
    for (const int clients : {10, 50}) {
      for (const int percent : scale.crashed_percent) {
        for (const std::int64_t ops : scale.ops) {
          if (ops < kShortest) continue;
          subjects.push_back(subject_of({.model = model,
                                         .ops = ops,
                                         .clients = clients,
                                         .crashed = percent / 100.0,
                                         .wrong = wrong}));
        }
      }
    }
  }
  return print_cells("collection     clients crashed", subjects, scale);
}

}  // namespace

bool print_unique_items(const Scale& scale) {
  return print(scale, Wrong::nothing);
}

bool print_exchanged_items(const Scale& scale) {
  return print(scale, Wrong::order);
}

}  // namespace faultline::bench
