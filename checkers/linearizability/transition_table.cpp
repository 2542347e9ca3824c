#include "checkers/linearizability/transition_table.hpp"

namespace faultline {
namespace {

// Up to here a row is at most a page; histories of unique values have as many kinds as ops, and
// a row a state would be quadratic.
constexpr std::size_t kMaxDenseKinds = 256;

}  // namespace

TransitionTable::TransitionTable(const Model& model, const Problem& problem)
    : model_(model), problem_(problem), dense_(problem.kinds.size() <= kMaxDenseKinds) {
  if (problem.rules) rules_ = &problem.rules->kinds;
  intern(problem.object->initial);
}

std::uint32_t TransitionTable::step_sparse(std::uint32_t state, std::uint32_t kind) {
  const auto known = steps_.find(std::uint64_t{state} << 32 | kind);
  return known != steps_.end() ? known->second : compute(state, kind);
}

std::uint32_t TransitionTable::compute(std::uint32_t state, std::uint32_t kind) {
  auto next = model_.step(states_[state], problem_.object->calls[problem_.kinds[kind]]);
  const std::uint32_t number = next ? intern(std::move(*next)) : kNone;
  if (dense_) {
    rows_[std::size_t{state} * problem_.kinds.size() + kind] = number;
  } else {
    steps_.emplace(std::uint64_t{state} << 32 | kind, number);
  }
  return number;
}

std::uint32_t TransitionTable::intern(Value value) {
  const auto next = static_cast<std::uint32_t>(states_.size());
  const auto [it, is_new] = numbers_.try_emplace(value, next);
  if (is_new) {
    states_.push_back(std::move(value));
    if (dense_) rows_.resize(rows_.size() + problem_.kinds.size(), kNotComputed);
  }
  return it->second;
}

std::size_t TransitionTable::memory_bytes() const {
  constexpr std::size_t kPerState = 128;  // the value twice, and a guess at its text or list
  return states_.size() * kPerState + rows_.capacity() * sizeof(std::uint32_t) + steps_.size() * 24;
}

}  // namespace faultline
