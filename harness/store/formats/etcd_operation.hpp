// EtcdOperation: what an operations.json of etcd's robustness tests tells of one operation
// (tests/robustness/model/types.go in etcd-io/etcd). Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/time.hpp"
#include "harness/core/value.hpp"

namespace faultline::formats {

struct EtcdRange {
  std::string start;
  std::string end;  // not included; empty: `start` alone; a zero byte: all keys from `start` on
  std::int64_t limit = 0;
  std::int64_t revision = 0;  // 0: of now
  bool is_list() const { return !end.empty(); }
};

// What a transaction does to a key.
struct EtcdAction {
  enum class Kind { range, put, remove };
  Kind kind = Kind::range;
  EtcdRange range;
  std::string key;  // of a put or remove
  Value value;
  std::int64_t lease = 0;
  bool writes() const { return kind != Kind::range; }
};

// The key's last change was at `revision` (0: it is absent); unknown if its version is compared.
struct EtcdCondition {
  std::string key;
  std::optional<std::int64_t> revision;
};

struct EtcdKeyValue {
  std::string key;
  Value value;
  std::int64_t revision = 0;
};

struct EtcdResult {
  std::vector<EtcdKeyValue> found;  // by a range
  std::int64_t count = 0;           // without its limit
  std::int64_t deleted = 0;
};

struct EtcdOperation {
  enum class Kind { range, txn, revoke, keyless };
  enum class Answer { known, refused, unknown };

  std::int64_t client = 0;
  Time call = 0;
  Time end = kNever;  // if the answer is not unknown

  Kind kind = Kind::keyless;
  EtcdRange range;
  std::vector<EtcdCondition> conditions;
  std::vector<EtcdAction> on_success;
  std::vector<EtcdAction> on_failure;
  std::int64_t lease = 0;  // that is revoked

  Answer answer = Answer::unknown;
  std::string error;
  bool condition_failed = false;
  std::vector<EtcdResult> results;  // of the range, or of the actions that were carried out
  std::int64_t revision = 0;        // of the store, when it answered

  const std::vector<EtcdAction>& carried_out() const {
    return condition_failed ? on_failure : on_success;
  }
};

}  // namespace faultline::formats
