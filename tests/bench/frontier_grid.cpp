// The tables `grid` and `stale`: closed-loop histories of a CAS register.
#include <fmt/format.h>

#include "tests/bench/frontier_cell.hpp"
#include "tests/checkers/closed_loop.hpp"

namespace faultline::bench {
namespace {

Subject subject_of(ClosedLoopShape shape) {
  const auto generate = [shape](std::uint64_t seed) mutable {
    shape.seed = seed;
    return closed_loop(shape);
  };
  return {
      .shape = fmt::format("{:<8} {:>7} {:>5.0f} %", shape.unique_values ? "unique" : "5 values",
                           shape.clients, shape.crashed * 100),
      .model = "cas-register",
      .ops = shape.ops,
      .history = generate,
      .expected = shape.stale_read ? std::nullopt : std::optional(Verdict::valid)};
}

bool print(const Scale& scale, std::int64_t longest, bool stale_read) {
  std::vector<Subject> subjects;
  for (const bool unique : {false, true}) {
    for (const int clients : scale.clients) {
      for (const int percent : scale.crashed_percent) {
        for (const std::int64_t ops : scale.ops) {
          if (ops > longest) continue;
          subjects.push_back(subject_of({.ops = ops,
                                         .clients = clients,
                                         .unique_values = unique,
                                         .crashed = percent / 100.0,
                                         .stale_read = stale_read}));
        }
      }
    }
  }
  return print_cells("values   clients crashed", subjects, scale);
}

}  // namespace

bool print_grid(const Scale& scale) {
  return print(scale, 1'000'000, false);
}

bool print_stale_reads(const Scale& scale) {
  return print(scale, 100'000, true);
}

}  // namespace faultline::bench
