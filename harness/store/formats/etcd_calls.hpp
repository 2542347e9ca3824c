// EtcdCalls: what an operation on etcd means to a key, in the words of the model kv: get, put,
// delete, and cas for what a transaction does on a condition.
//
// etcd is one object with revisions; the model is one value under each key. Whatever the operations
// have to say beyond that is given up, and only so that a linearizable etcd stays linearizable: an
// operation on several keys becomes one on each, at the same time; a compared revision becomes the
// value that the history shows at that revision, and if it shows none, the comparison is left out.
//
// First learn() every operation, then translate() each. One thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/core/op.hpp"
#include "harness/store/formats/etcd_operation.hpp"

namespace faultline::formats {

struct EtcdCall {
  Op invocation;                  // f, key, value; the rest is its caller's
  OpType outcome = OpType::info;  // info: unknown
  Value result;                   // what it completes with
  Symbol error;
};

class EtcdCalls {
 public:
  void learn(const EtcdOperation& operation);
  // Appends to `calls`; none if the operation says nothing about any key.
  void translate(const EtcdOperation& operation, std::vector<EtcdCall>& calls);
  // What was left out, for the user.
  std::vector<std::string> notes() const;

 private:
  struct KeyFacts {
    // At the revision of its last change; nothing if the history contradicts itself.
    boost::unordered_flat_map<std::int64_t, Value> at_revision;
    boost::unordered_flat_map<Value, std::uint32_t, boost::hash<Value>> puts;  // tried, by value
  };
  using Actions = std::vector<EtcdAction>;
  using Calls = std::vector<EtcdCall>;

  void learn_value(const std::string& key, std::int64_t revision, const Value& value);
  void learn_actions(const Actions& actions);

  // The value that the condition wants to find, if it is known; nothing: the key is absent.
  std::optional<Value> wanted(const EtcdCondition& condition) const;
  std::optional<Value> wanted(const EtcdOperation& operation, const std::string& key) const;
  // Is a key that does not hold `value` as the condition wants it known to hold another value?
  bool is_unmistakable(const EtcdCondition& condition, const Value& value) const;

  void translate_range(const EtcdRange& range, const EtcdResult& result, const Actions& beside,
                       Calls& calls) const;
  void translate_unknown(const EtcdOperation& operation, const Actions& actions, bool guarded,
                         Calls& calls) const;
  void translate_carried_out(const EtcdOperation& operation, Calls& calls) const;
  void translate_failed_condition(const EtcdOperation& operation, Calls& calls) const;
  void translate_refused(const EtcdOperation& operation, Calls& calls) const;
  void translate_txn(const EtcdOperation& operation, Calls& calls) const;
  void translate_lone_range(const EtcdOperation& operation, Calls& calls);

  std::map<std::string, KeyFacts, std::less<>> keys_;
  std::map<std::int64_t, std::set<std::string>> keys_of_lease_;
  std::size_t keyless_ = 0;
  std::size_t past_ = 0;
  std::size_t unanswered_ = 0;
  std::size_t leased_ = 0;
  std::size_t unknown_conditions_ = 0;
};

}  // namespace faultline::formats
