#include "checkers/linearizability/object_history.hpp"

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <utility>

#include "checkers/linearizability/call_reader.hpp"

namespace faultline {
namespace {

// Numbers values and the rules of calls, as long as each call has one.
class RuleFinder {
 public:
  RuleFinder(const Model& model, ObjectHistory& object) : model_(model), object_(object) {}

  void find() {
    if (model_.value_effect == nullptr) return;
    number(object_.initial);
    object_.rules.reserve(object_.calls.size());
    for (const Call& call : object_.calls) {
      const auto effect = model_.value_effect(call);
      if (!effect) {
        object_.rules.clear();
        object_.values.clear();
        return;
      }
      ValueRule rule;
      rule.needs = number(effect->needs);
      rule.excludes = number(effect->excludes);
      rule.makes = number(effect->makes);
      object_.rules.push_back(rule);
    }
  }

 private:
  std::uint32_t number(const std::optional<Value>& value) {
    if (!value) return kNoValue;
    const auto next = static_cast<std::uint32_t>(object_.values.size());
    const auto [it, is_new] = numbers_.try_emplace(*value, next);
    if (is_new) object_.values.push_back(*value);
    return it->second;
  }

  const Model& model_;
  ObjectHistory& object_;
  boost::unordered_flat_map<Value, std::uint32_t> numbers_;
};

// Numbers calls. It keeps hashes and numbers alone, so that it can grow without touching calls.
class CallNumbers {
 public:
  explicit CallNumbers(std::vector<Call>& calls)
      : numbers_(0, Hash(), Equal{&calls}), calls_(calls) {}

  std::uint32_t number(Call call) {
    const std::size_t hash = hash_value(call);
    calls_.push_back(std::move(call));
    const auto next = static_cast<std::uint32_t>(calls_.size() - 1);
    const auto [it, is_new] = numbers_.insert({hash, next});
    if (!is_new) calls_.pop_back();
    return it->call;
  }

 private:
  struct Known {
    std::size_t hash;
    std::uint32_t call;
  };
  struct Hash {
    std::size_t operator()(const Known& known) const { return known.hash; }
  };
  struct Equal {
    const std::vector<Call>* calls;
    bool operator()(const Known& a, const Known& b) const {
      return a.hash == b.hash && (*calls)[a.call] == (*calls)[b.call];
    }
  };

  boost::unordered_flat_set<Known, Hash, Equal> numbers_;
  std::vector<Call>& calls_;
};

}  // namespace

std::size_t hash_value(const ValueRule& rule) {
  std::size_t seed = 0;
  boost::hash_combine(seed, rule.needs);
  boost::hash_combine(seed, rule.excludes);
  boost::hash_combine(seed, rule.makes);
  return seed;
}

OpResult<ObjectHistory> read_object(const History& history, const Partition& partition,
                                    const Model& model, const Value& initial,
                                    const ModelOptions& options) {
  const CallReader reader(history, model);
  ObjectHistory object;
  object.initial = initial;
  object.ops.reserve(partition.operations.size());
  CallNumbers numbers(object.calls);
  for (const Operation& operation : partition.operations) {
    auto read = reader.read(operation);
    if (!read) return read.error();
    if (!*read) continue;
    Call call = model.prepare(std::move(**read), options);
    const bool crashed = reader.is_crashed(operation);
    // A crashed op that can change nothing may always be left out.
    if (crashed && model.pure(call)) continue;
    object.ops.push_back({numbers.number(std::move(call)), operation.invocation,
                          crashed ? ObjectHistory::kNever : operation.completion});
  }
  RuleFinder(model, object).find();
  return object;
}

}  // namespace faultline
