// LastPart: the end of a history that goes on and on, to be judged without all that came before.
//
// A relaxation (see relaxation.hpp: window): if the whole is linearizable, so is the last part of
// it, when the state at its beginning may be any that was made by then, and what was open there may
// have happened before. So a violation in the last part is one of the whole. That there is none
// says less: one that only shows in what the values were long ago is missed. Possible where every
// op has a ValueEffect; otherwise the part is the whole. One thread; all calls are about the same
// key.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <vector>

#include "checkers/linearizability/object_history.hpp"
#include "checkers/linearizability/partition.hpp"

namespace faultline {

// What a key's ops are read with. All must outlive it.
struct ReadContext {
  const History& history;
  const Model& model;
  const Value& initial;
  const ModelOptions& options;
};

class LastPart {
 public:
  // Lets the part begin `context` operations before the one numbered `judged`, if it begins twice
  // as many before it.
  void advance(const ReadContext& with, const Partition& key, std::size_t judged,
               std::size_t context);

  // The part, relaxed. The error names an op that the model does not know.
  OpResult<ObjectHistory> read(const ReadContext& with, const Partition& key) const;

 private:
  Partition from_open_to(const Partition& key, std::size_t end) const;

  std::size_t begin_ = 0;          // in key.operations
  std::vector<std::size_t> open_;  // of those before it the ones that had not returned by then
  boost::unordered_flat_set<Value> made_;  // by those before it
  bool possible_ = true;
};

}  // namespace faultline
