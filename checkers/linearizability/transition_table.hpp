// TransitionTable: a model compiled lazily to integers. States are numbered in the order in which
// they are met, 0 being the initial one; each step is computed once. One thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "checkers/linearizability/problem.hpp"

namespace faultline {

class TransitionTable {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;  // illegal

  // `model` and `problem` must outlive the table.
  TransitionTable(const Model& model, const Problem& problem);

  // The state after a call of `kind` in `state`, or kNone.
  std::uint32_t step(std::uint32_t state, std::uint32_t kind) {
    if (rules_ != nullptr) return step_value(state, (*rules_)[kind]);
    if (!dense_) return step_sparse(state, kind);
    const std::uint32_t known = rows_[std::size_t{state} * problem_.kinds.size() + kind];
    return known != kNotComputed ? known : compute(state, kind);
  }

  // See Model::distance; only if the problem has Sights.
  std::optional<std::size_t> distance(std::uint32_t state, std::uint32_t kind) const {
    return model_.distance(states_[state], problem_.object->calls[problem_.kinds[kind]]);
  }

  const Value& state(std::uint32_t number) const {
    return rules_ != nullptr ? problem_.object->values[number] : states_[number];
  }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t kNotComputed = UINT32_MAX - 1;

  static std::uint32_t step_value(std::uint32_t state, const ValueRule& rule) {
    if (rule.needs != kNoValue && rule.needs != state) return kNone;
    if (rule.excludes == state) return kNone;
    return rule.makes == kNoValue ? state : rule.makes;
  }

  std::uint32_t step_sparse(std::uint32_t state, std::uint32_t kind);
  std::uint32_t compute(std::uint32_t state, std::uint32_t kind);
  std::uint32_t intern(Value value);

  const Model& model_;
  const Problem& problem_;
  const std::vector<ValueRule>* rules_ = nullptr;  // if there are any, the table is not needed
  const bool dense_;
  std::vector<Value> states_;
  boost::unordered_flat_map<Value, std::uint32_t> numbers_;
  std::vector<std::uint32_t> rows_;                                // dense: a row a state
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> steps_;  // sparse
};

}  // namespace faultline
