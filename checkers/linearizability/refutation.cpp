#include "checkers/linearizability/refutation.hpp"

#include <algorithm>

namespace faultline {
namespace {

constexpr std::uint32_t kLastReach = 8192;
constexpr std::uint64_t kFirstAllowance = 1 << 16;

}  // namespace

View view_around(const ObjectHistory& object, std::uint32_t op, std::uint32_t reach) {
  View view;
  if (op > reach) view.from = object.ops[op - reach].invoked;
  if (object.ops.size() - op > reach) view.to = object.ops[op + reach].invoked;
  return view;
}

// A search of a relaxed history, with all that it refers to.
struct Refutation::Attempt {
  ObjectHistory relaxed;
  Problem problem;
  TransitionTable table;
  CrashUsage usages;
  DepthFirst search;

  Attempt(ObjectHistory history, const Model& model, const Reductions& reductions)
      : relaxed(std::move(history)),
        problem(compile(relaxed, model, reductions)),
        table(model, problem),
        search(problem, table, usages, reductions) {}
};

Refutation::Refutation(const Problem& problem, const Model& model, const Search& search,
                       const Reductions& reductions)
    : problem_(problem), model_(model), search_(&search), reductions_(reductions) {}

Refutation::~Refutation() = default;

Progress Refutation::advance(std::uint64_t steps) {
  constexpr std::uint64_t kSlice = 1024;
  while (steps > 0) {
    if (!attempt_) begin_next();
    if (attempt_->problem.impossible) return Progress::invalid;
    const std::uint64_t slice = std::min({steps, kSlice, allowance_});
    const Progress progress = attempt_->search.advance(slice);
    steps -= slice;
    spent_ += slice;
    if (progress == Progress::invalid) return Progress::invalid;
    if (progress == Progress::valid || spent_ >= allowance_) {
      visited_ += attempt_->search.visited();
      attempt_.reset();
    }
  }
  return Progress::running;
}

void Refutation::begin_next() {
  const ObjectHistory& object = *problem_.object;
  const auto all = static_cast<std::uint32_t>(object.ops.size());
  if (reach_ == 0 || reach_ >= std::min(all, kLastReach)) {
    reach_ = kFirstReach;
    allowance_ = allowance_ == 0 ? kFirstAllowance : 4 * allowance_;
  } else {
    reach_ *= 4;
  }
  obstacle_.position = search_->obstacle().position;
  view_ = view_around(object, problem_.events[obstacle_.position].cause, reach_);
  const Relaxation relaxation(object, model_, view_);
  attempt_ = std::make_unique<Attempt>(relaxation.keep(relaxation.most()), model_, reductions_);
  spent_ = 0;
}

std::uint64_t Refutation::visited() const {
  return visited_ + (attempt_ ? attempt_->search.visited() : 0);
}

std::size_t Refutation::memory_bytes() const {
  if (!attempt_) return 0;
  return attempt_->search.memory_bytes() + attempt_->usages.memory_bytes() +
         attempt_->relaxed.ops.size() * (sizeof(ObjectHistory::Op) + sizeof(Problem::Op) + 64);
}

}  // namespace faultline
