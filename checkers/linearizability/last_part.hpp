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
#include <cstdint>
#include <vector>

#include "checkers/linearizability/decide.hpp"
#include "checkers/linearizability/object_history.hpp"
#include "checkers/linearizability/partition.hpp"
#include "checkers/linearizability/relaxation.hpp"
#include "harness/core/verdict.hpp"

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

  std::size_t begin() const { return begin_; }  // an operation of the key

  // Whether the part is linearizable; unknown within the limits, or if it makes no sense.
  Verdict judge(const ReadContext& with, const Partition& key, const Limits& limits) const;

 private:
  Partition from_open_to(const Partition& key, std::size_t end) const;
  ObjectHistory relax(const ObjectHistory& object, const Model& model, View view) const;
  bool is_refuted_around(std::uint32_t op, const ObjectHistory& object, const Model& model,
                         View whole, Limits limits) const;

  std::size_t begin_ = 0;          // in key.operations
  std::vector<std::size_t> open_;  // of those before it the ones that had not returned by then
  boost::unordered_flat_set<Value> made_;  // by those before it
  bool possible_ = true;
};

}  // namespace faultline
