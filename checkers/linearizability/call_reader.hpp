// CallReader: the ops of a history as the calls of a model, or what is wrong with them. Any thread;
// immutable.
#pragma once

#include <optional>
#include <vector>

#include "checkers/linearizability/partition.hpp"
#include "checkers/model.hpp"

namespace faultline {

class CallReader {
 public:
  CallReader(const History& history, const Model& model);  // both must outlive it

  // The call, not yet prepared; nothing if it failed, so that it does not count. The error names
  // an op that the model does not know, or what is wrong with its value.
  OpResult<std::optional<Call>> read(const Operation& operation) const;
  bool is_crashed(const Operation& operation) const;

 private:
  const History& history_;
  const Model& model_;
  std::vector<Symbol> functions_;
};

}  // namespace faultline
