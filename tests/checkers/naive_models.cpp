// What each model means, written down a second time, as plainly as can be. Nothing of checkers/ is
// used here, and nothing is clever: a state is copied and changed in place.
#include <algorithm>

#include "tests/checkers/naive.hpp"

namespace faultline::naive {
namespace {

constexpr int kPermits = 2;  // what the model has if nothing else is said

const std::string& f_of(const Attempt& attempt) {
  return attempt.invocation->f.name();
}

const Value& argument_of(const Attempt& attempt) {
  return attempt.invocation->value;
}

// Nothing was returned, or this.
bool may_return(const Attempt& attempt, const Value& value) {
  return !is_ok(attempt) || attempt.completion->value == value;
}

bool compare_and_set(const Attempt& attempt, Value& value) {
  const Value::List pair = argument_of(attempt).items();
  if (is_mismatch(attempt)) return value != pair[0];
  if (value != pair[0]) return false;
  value = pair[1];
  return true;
}

bool apply_register(const Attempt& attempt, State& state) {
  Value& value = state[Value()];
  if (f_of(attempt) == "read") return may_return(attempt, value);
  if (f_of(attempt) == "cas") return compare_and_set(attempt, value);
  value = argument_of(attempt);
  return true;
}

bool apply_mutex(const Attempt& attempt, State& state) {
  Value& value = state[Value()];
  const int before = f_of(attempt) == "acquire" ? 0 : 1;
  if (value != Value(before)) return false;
  value = Value(1 - before);
  return true;
}

bool apply_owner_aware_mutex(const Attempt& attempt, State& state) {
  Value owner = argument_of(attempt);
  if (owner.is_nothing()) owner = Value(attempt.invocation->process);
  Value& held_by = state[Value()];
  if (f_of(attempt) == "acquire") {
    if (!held_by.is_nothing()) return false;
    held_by = owner;
    return true;
  }
  if (held_by != owner) return false;
  held_by = Value();
  return true;
}

bool apply_semaphore(const Attempt& attempt, State& state) {
  std::int64_t free = state[Value()].integer();
  const Value& value = argument_of(attempt);
  const std::int64_t count = value.is_nothing() ? 1 : value.integer();
  free += f_of(attempt) == "acquire" ? -count : count;
  state[Value()] = Value(free);
  return free >= 0 && free <= kPermits;
}

bool apply_kv_append(const Attempt& attempt, State& state) {
  Value& value = state[Value()];
  if (f_of(attempt) == "get") return may_return(attempt, value);
  const std::string& text = argument_of(attempt).text();
  value = f_of(attempt) == "put" ? Value(text) : Value(value.text() + text);
  return true;
}

bool apply_kv(const Attempt& attempt, State& state) {
  Value& value = state[Value()];
  if (f_of(attempt) == "get") return may_return(attempt, value);
  if (f_of(attempt) == "cas") return compare_and_set(attempt, value);
  if (f_of(attempt) == "delete") {
    value = Value();
  } else if (f_of(attempt) == "put" || value.is_nothing()) {
    value = argument_of(attempt);
  } else {
    value = Value(value.text() + argument_of(attempt).text());
  }
  return true;
}

bool apply_txn(const Attempt& attempt, State& state) {
  const Op& op = is_ok(attempt) ? *attempt.completion : *attempt.invocation;
  for (const Value& action : op.value.list()) {
    const Value::List& parts = action.list();
    if (parts[0] == Value("write")) {
      state[parts[1]] = parts[2];
    } else if (is_ok(attempt) && state[parts[1]] != parts[2]) {
      return false;
    }
  }
  return true;
}

bool apply_counter(const Attempt& attempt, State& state) {
  std::int64_t number = state[Value()].integer();
  if (f_of(attempt) == "read") return may_return(attempt, Value(number));
  if (f_of(attempt) == "add") number += argument_of(attempt).integer();
  if (f_of(attempt) == "increment") ++number;
  if (f_of(attempt) == "decrement") --number;
  state[Value()] = Value(number);
  return true;
}

bool apply_set(const Attempt& attempt, State& state) {
  if (f_of(attempt) == "read") {
    if (!is_ok(attempt)) return true;
    std::set<Value> elements;
    for (const auto& [element, there] : state) elements.insert(element);
    const Value::List returned = attempt.completion->value.items();
    return elements == std::set<Value>(returned.begin(), returned.end());
  }
  const Value& element = argument_of(attempt);
  bool answer = state.count(element) == 1;  // it is there, or: it was changed
  if (f_of(attempt) == "add") {
    answer = !answer;
    state[element] = Value(1);
  }
  if (f_of(attempt) == "remove") state.erase(element);
  if (!is_ok(attempt)) return true;
  if (attempt.completion->value == Value("true")) return answer;
  if (attempt.completion->value == Value("false")) return !answer;
  return true;
}

// A bag without one `item`; false if it has none.
bool remove_one(State& bag, const Value& item) {
  const auto it = bag.find(item);
  if (it == bag.end()) return false;
  it->second = Value(it->second.integer() - 1);
  if (it->second == Value(0)) bag.erase(it);
  return true;
}

bool apply_bag(const Attempt& attempt, State& state) {
  if (f_of(attempt) == "enqueue") {
    Value& count = state[argument_of(attempt)];
    count = Value(count.is_nothing() ? 1 : count.integer() + 1);
    return true;
  }
  const Value& returned = attempt.completion->value;
  if (f_of(attempt) == "dequeue") {
    return returned.is_nothing() ? state.empty() : remove_one(state, returned);
  }
  State all;
  for (const Value& item : returned.items()) {
    Value& count = all[item];
    count = Value(count.is_nothing() ? 1 : count.integer() + 1);
  }
  return all == state;
}

std::vector<State> after_in_bag(const Attempt& attempt, const State& state) {
  State next = state;
  if (is_ok(attempt) || f_of(attempt) == "enqueue") {
    return apply_bag(attempt, next) ? std::vector{next} : std::vector<State>{};
  }
  if (f_of(attempt) == "read") return {state};
  std::vector<State> all;
  for (const auto& [item, count] : state) {
    next = state;
    remove_one(next, item);
    all.push_back(next);
  }
  return all;
}

std::vector<State> after_in_lossy_register(const Attempt& attempt, const State& state) {
  State next = state;
  if (!apply_register(attempt, next)) return {};
  return {state, next};
}

// Items are put in and taken out by `put` and `take`.
template <class Put, class Take>
bool apply_items(const Attempt& attempt, State& state, Put put, Take take) {
  Value::List items = state[Value()].items();
  if (f_of(attempt) == "enqueue" || f_of(attempt) == "push") {
    put(items, argument_of(attempt));
  } else if (items.empty()) {
    return may_return(attempt, Value());
  } else {
    const Value::List before = items;
    const Value item = take(items);
    if (!may_return(attempt, item)) return false;
    if (f_of(attempt) == "peek") items = before;
  }
  state[Value()] = Value(items);
  return true;
}

bool apply_fifo_queue(const Attempt& attempt, State& state) {
  const auto put = [](Value::List& items, const Value& item) { items.push_back(item); };
  const auto take = [](Value::List& items) {
    Value item = items.front();
    items.erase(items.begin());
    return item;
  };
  return apply_items(attempt, state, put, take);
}

bool apply_stack(const Attempt& attempt, State& state) {
  const auto put = [](Value::List& items, const Value& item) { items.push_back(item); };
  const auto take = [](Value::List& items) {
    Value item = items.back();
    items.pop_back();
    return item;
  };
  return apply_items(attempt, state, put, take);
}

bool apply_priority_queue(const Attempt& attempt, State& state) {
  const auto put = [](Value::List& items, const Value& item) {
    items.push_back(item);
    std::sort(items.begin(), items.end());
  };
  const auto take = [](Value::List& items) {
    Value item = items.front();
    items.erase(items.begin());
    return item;
  };
  return apply_items(attempt, state, put, take);
}

using Apply = bool (*)(const Attempt& attempt, State& state);

const std::map<std::string, Apply>& deterministic() {
  static const std::map<std::string, Apply> table = {
      {"register", apply_register},
      {"cas-register", apply_register},
      {"multi-register", apply_txn},
      {"mutex", apply_mutex},
      {"semaphore", apply_semaphore},
      {"owner-aware-mutex", apply_owner_aware_mutex},
      {"kv-append", apply_kv_append},
      {"kv", apply_kv},
      {"counter", apply_counter},
      {"set", apply_set},
      {"fifo-queue", apply_fifo_queue},
      {"stack", apply_stack},
      {"priority-queue", apply_priority_queue},
  };
  return table;
}

}  // namespace

bool is_ok(const Attempt& attempt) {
  return attempt.completion != nullptr && attempt.completion->type == OpType::ok;
}

bool is_mismatch(const Attempt& attempt) {
  return attempt.completion != nullptr && attempt.completion->type == OpType::fail;
}

State initial_state(const std::string& model) {
  if (model == "set" || model == "bag") return {};
  if (model == "mutex" || model == "counter") return {{Value(), Value(0)}};
  if (model == "semaphore") return {{Value(), Value(kPermits)}};
  if (model == "kv-append") return {{Value(), Value("")}};
  if (model == "multi-register") return {{Value("x"), Value(0)}, {Value("y"), Value(0)}};
  if (model == "fifo-queue" || model == "stack" || model == "priority-queue") {
    return {{Value(), Value(Value::List())}};
  }
  return {{Value(), Value()}};
}

std::vector<State> successors(const std::string& model, const Attempt& attempt,
                              const State& state) {
  if (model == "bag") return after_in_bag(attempt, state);
  if (model == "lossy-register") return after_in_lossy_register(attempt, state);
  State next = state;
  if (!deterministic().at(model)(attempt, next)) return {};
  return {next};
}

}  // namespace faultline::naive
