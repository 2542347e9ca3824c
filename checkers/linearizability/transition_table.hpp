// TransitionTable: a model compiled lazily to integers. States are numbered in the order in which
// they are met, 0 being the initial one; each step is computed once. One thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "checkers/model.hpp"

namespace faultline {

class TransitionTable {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;  // illegal

  // `model` and `kinds` must outlive the table.
  TransitionTable(const Model& model, const std::vector<Call>& kinds, Value initial);

  // The state after a call of `kind` in `state`, or kNone.
  std::uint32_t step(std::uint32_t state, std::uint32_t kind) {
    if (!dense_) return step_sparse(state, kind);
    const std::uint32_t known = rows_[std::size_t{state} * kinds_.size() + kind];
    return known != kNotComputed ? known : compute(state, kind);
  }

  const Value& state(std::uint32_t number) const { return states_[number]; }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t kNotComputed = UINT32_MAX - 1;

  std::uint32_t step_sparse(std::uint32_t state, std::uint32_t kind);
  std::uint32_t compute(std::uint32_t state, std::uint32_t kind);
  std::uint32_t intern(Value value);

  const Model& model_;
  const std::vector<Call>& kinds_;
  const bool dense_;
  std::vector<Value> states_;
  boost::unordered_flat_map<Value, std::uint32_t> numbers_;
  std::vector<std::uint32_t> rows_;                                // dense: a row a state
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> steps_;  // sparse
};

}  // namespace faultline
