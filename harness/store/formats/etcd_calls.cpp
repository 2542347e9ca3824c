#include "harness/store/formats/etcd_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace faultline::formats {
namespace {

using Answer = EtcdOperation::Answer;
using Kind = EtcdOperation::Kind;

const Symbol kGet = Symbol::of("get");
const Symbol kPut = Symbol::of("put");
const Symbol kDelete = Symbol::of("delete");

EtcdCall call(Symbol f, const std::string& key, Value argument, OpType outcome) {
  EtcdCall made;
  made.invocation = invocation(f, argument, Value(std::string_view(key)));
  made.outcome = outcome;
  made.result = std::move(argument);
  return made;
}

EtcdCall read_of(const std::string& key, Value value) {
  EtcdCall made = call(kGet, key, {}, OpType::ok);
  made.result = std::move(value);
  return made;
}

// What the action does if `wanted` (should there be a condition on its key) is found.
EtcdCall write_of(const EtcdAction& action, const std::optional<Value>& wanted, OpType outcome) {
  if (wanted) {  // a value that is deleted is replaced with nothing
    return call(f::kCas, action.key, Value(Value::List{*wanted, action.value}), outcome);
  }
  return call(action.kind == EtcdAction::Kind::put ? kPut : kDelete, action.key, action.value,
              outcome);
}

bool is_written(const std::vector<EtcdAction>& actions, const std::string& key) {
  return std::any_of(actions.begin(), actions.end(), [&](const EtcdAction& action) {
    return action.writes() && action.key == key;
  });
}

bool is_covered(const EtcdRange& range, const std::string& key) {
  return range.end == std::string_view("\0", 1) || key < range.end;
}

}  // namespace

void EtcdCalls::learn_value(const std::string& key, std::int64_t revision, const Value& value) {
  const auto [known, is_new] = keys_[key].at_revision.try_emplace(revision, value);
  if (!is_new && known->second != value) known->second = Value();
}

void EtcdCalls::learn_actions(const Actions& actions) {
  for (const EtcdAction& action : actions) {
    if (!action.writes()) continue;
    KeyFacts& key = keys_[action.key];
    if (action.kind != EtcdAction::Kind::put) continue;
    ++key.puts[action.value];
    if (action.lease != 0) {
      keys_of_lease_[action.lease].insert(action.key);
      ++leased_;
    }
  }
}

void EtcdCalls::learn(const EtcdOperation& operation) {
  learn_actions(operation.on_success);
  learn_actions(operation.on_failure);
  if (operation.kind == Kind::range && !operation.range.is_list()) keys_[operation.range.start];
  for (const EtcdResult& result : operation.results) {
    for (const EtcdKeyValue& found : result.found) {
      learn_value(found.key, found.revision, found.value);
    }
  }
  if (operation.answer != Answer::known) return;
  for (const EtcdAction& action : operation.carried_out()) {
    if (action.kind == EtcdAction::Kind::put) {
      learn_value(action.key, operation.revision, action.value);
    } else if (action.kind == EtcdAction::Kind::range && !action.range.is_list()) {
      keys_[action.range.start];
    }
  }
}

std::optional<Value> EtcdCalls::wanted(const EtcdCondition& condition) const {
  if (!condition.revision) return std::nullopt;
  if (*condition.revision == 0) return Value();
  const auto key = keys_.find(condition.key);
  if (key == keys_.end()) return std::nullopt;
  const auto known = key->second.at_revision.find(*condition.revision);
  if (known == key->second.at_revision.end() || known->second.is_nothing()) return std::nullopt;
  return known->second;
}

std::optional<Value> EtcdCalls::wanted(const EtcdOperation& operation,
                                       const std::string& key) const {
  for (const EtcdCondition& condition : operation.conditions) {
    if (condition.key == key) return wanted(condition);
  }
  return std::nullopt;
}

// At another revision the key may hold the same value again, if that was put more than once.
bool EtcdCalls::is_unmistakable(const EtcdCondition& condition, const Value& value) const {
  if (value.is_nothing()) return true;
  const KeyFacts& key = keys_.find(condition.key)->second;
  const auto puts = key.puts.find(value);
  return puts != key.puts.end() && puts->second == 1;
}

// A list is a read of every key in it that the history knows of, as far as its limit lets it see.
// `beside`: the actions of the same transaction, on whose keys it has an intermediate view.
void EtcdCalls::translate_range(const EtcdRange& range, const EtcdResult& result,
                                const Actions& beside, Calls& calls) const {
  if (!range.is_list()) {
    if (is_written(beside, range.start)) return;
    calls.push_back(
        read_of(range.start, result.found.empty() ? Value() : result.found.front().value));
    return;
  }
  auto found = result.found.begin();
  const bool is_cut = result.count > static_cast<std::int64_t>(result.found.size());
  for (auto key = keys_.lower_bound(range.start); key != keys_.end(); ++key) {
    if (!is_covered(range, key->first)) break;
    while (found != result.found.end() && found->key < key->first) ++found;
    if (found == result.found.end() && is_cut) break;
    const bool is_there = found != result.found.end() && found->key == key->first;
    if (is_written(beside, key->first)) continue;
    calls.push_back(read_of(key->first, is_there ? found->value : Value()));
  }
}

void EtcdCalls::translate_unknown(const EtcdOperation& operation, const Actions& actions,
                                  bool guarded, Calls& calls) const {
  for (const EtcdAction& action : actions) {
    if (!action.writes()) continue;
    calls.push_back(
        write_of(action, guarded ? wanted(operation, action.key) : std::nullopt, OpType::info));
  }
}

void EtcdCalls::translate_carried_out(const EtcdOperation& operation, Calls& calls) const {
  const Actions& actions = operation.carried_out();
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const EtcdAction& action = actions[i];
    const EtcdResult& result = operation.results[i];
    if (!action.writes()) {
      translate_range(action.range, result, actions, calls);
    } else if (action.kind == EtcdAction::Kind::remove && result.deleted == 0) {
      calls.push_back(read_of(action.key, {}));  // there was nothing to delete
    } else {
      calls.push_back(write_of(
          action, operation.condition_failed ? std::nullopt : wanted(operation, action.key),
          OpType::ok));
    }
  }
  if (operation.condition_failed) return translate_failed_condition(operation, calls);
  for (const EtcdCondition& condition : operation.conditions) {
    const auto value = wanted(condition);
    if (value && !is_written(actions, condition.key)) {
      calls.push_back(read_of(condition.key, *value));
    }
  }
}

// Of several conditions it is not known which one failed.
void EtcdCalls::translate_failed_condition(const EtcdOperation& operation, Calls& calls) const {
  if (operation.conditions.size() != 1) return;
  const EtcdCondition& condition = operation.conditions.front();
  if (is_written(operation.on_failure, condition.key)) return;
  const auto value = wanted(condition);
  for (const EtcdAction& action : operation.on_success) {
    if (!action.writes() || action.key != condition.key) continue;
    calls.push_back(write_of(action, value, OpType::fail));
    if (value && is_unmistakable(condition, *value)) calls.back().error = kMismatch;
  }
}

void EtcdCalls::translate_refused(const EtcdOperation& operation, Calls& calls) const {
  for (const EtcdAction& action : operation.on_success) {
    if (!action.writes()) continue;
    calls.push_back(write_of(action, wanted(operation, action.key), OpType::fail));
  }
}

void EtcdCalls::translate_txn(const EtcdOperation& operation, Calls& calls) const {
  switch (operation.answer) {
    case Answer::known: return translate_carried_out(operation, calls);
    case Answer::refused: return translate_refused(operation, calls);
    case Answer::unknown: break;
  }
  translate_unknown(operation, operation.on_success, true, calls);
  translate_unknown(operation, operation.on_failure, false, calls);
}

void EtcdCalls::translate_lone_range(const EtcdOperation& operation, Calls& calls) {
  if (operation.range.revision != 0) {
    ++past_;
  } else if (operation.answer == Answer::known) {
    translate_range(operation.range, operation.results.front(), {}, calls);
  } else if (operation.range.is_list()) {
    ++unanswered_;
  } else {
    const bool refused = operation.answer == Answer::refused;
    calls.push_back(call(kGet, operation.range.start, {}, refused ? OpType::fail : OpType::info));
  }
}

void EtcdCalls::translate(const EtcdOperation& operation, Calls& calls) {
  switch (operation.kind) {
    case Kind::keyless: ++keyless_; return;
    case Kind::range: return translate_lone_range(operation, calls);
    case Kind::txn:
      unknown_conditions_ += static_cast<std::size_t>(
          std::count_if(operation.conditions.begin(), operation.conditions.end(),
                        [&](const EtcdCondition& condition) { return !wanted(condition); }));
      return translate_txn(operation, calls);
    case Kind::revoke: break;
  }
  // Its keys go with a lease, unless they were put anew without it: that is not followed up.
  const auto keys = keys_of_lease_.find(operation.lease);
  if (keys == keys_of_lease_.end() || operation.answer == Answer::refused) return;
  for (const std::string& key : keys->second) {
    calls.push_back(call(kDelete, key, {}, OpType::info));
  }
}

std::vector<std::string> EtcdCalls::notes() const {
  std::vector<std::string> notes;
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) notes.push_back(fmt::format("{}: {}", what, count));
  };
  add(keyless_, "requests that concern no key (leases, compactions), skipped");
  add(past_, "reads of a revision, not of now, skipped");
  add(unanswered_, "lists without an answer, skipped");
  add(leased_, "puts with a lease, which is taken not to expire by itself");
  add(unknown_conditions_, "conditions on a revision whose value is not known, left out");
  return notes;
}

}  // namespace faultline::formats
