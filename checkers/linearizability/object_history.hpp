// ObjectHistory: what was done to one object, as calls of its model. It is what search, deciders
// and cores work on, read from a history once.
//
// Where every call has a ValueEffect, states are values, and each is a number: then nothing has to
// be asked of the model any more. Immutable once read.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checkers/linearizability/partition.hpp"
#include "checkers/model.hpp"

namespace faultline {

inline constexpr std::uint32_t kNoValue = UINT32_MAX;

// A ValueEffect with its values numbered.
struct ValueRule {
  std::uint32_t needs = kNoValue;
  std::uint32_t excludes = kNoValue;
  std::uint32_t makes = kNoValue;
  // The value that it turns another into.
  std::uint32_t made() const { return makes == needs ? kNoValue : makes; }
  friend bool operator==(const ValueRule&, const ValueRule&) = default;
};

std::size_t hash_value(const ValueRule& rule);  // for boost::hash

struct ObjectHistory {
  static constexpr std::uint32_t kNever = UINT32_MAX;

  struct Op {
    std::uint32_t call = 0;  // in calls
    std::uint32_t invoked = 0;
    std::uint32_t returned = kNever;  // kNever: it crashed, so whether it happened is not known
    bool optional = false;            // it returned, but may be left out; see Freedom
    bool crashed() const { return returned == kNever; }
  };

  // What relaxation.hpp grants beyond what was recorded; as recorded there is none.
  struct Freedom {
    std::vector<std::uint32_t> starts;  // values to begin with; empty: the initial one
    std::vector<std::uint32_t> jumps;   // values that the state may turn to at any time
  };

  // Those that count: neither failed, nor crashed without an effect. In the order of invocation;
  // `invoked` and `returned` are positions in the history.
  std::vector<Op> ops;
  std::vector<Call> calls;  // prepared; each is there once
  Value initial;

  // Empty unless every call has a ValueEffect.
  std::vector<ValueRule> rules;  // per call
  std::vector<Value> values;     // by number; 0 is the initial one
  std::optional<Freedom> freedom;

  bool has_rules() const { return !values.empty(); }
  const Call& call_of(std::uint32_t op) const { return calls[ops[op].call]; }
};

// The error names the op that the model does not know.
OpResult<ObjectHistory> read_object(const History& history, const Partition& partition,
                                    const Model& model, const Value& initial,
                                    const ModelOptions& options);

}  // namespace faultline
