// What a model's pure() claims, tried in every state that a few calls lead to.
#include <gtest/gtest.h>

#include <set>

#include "checkers/models/models.hpp"

namespace faultline {
namespace {

constexpr std::size_t kStates = 400;

std::vector<Value> arguments(std::string_view model, std::string_view f) {
  const bool texts = model == "kv" || model == "kv-append";
  std::vector<Value> plain = texts ? std::vector<Value>{"a", "b"} : std::vector<Value>{0, 1, 2};
  if (f == "txn") {
    const Value read = Value::List{"read", "x", 0};
    const Value write = Value::List{"write", "x", 1};
    return {Value(Value::List{read}), Value(Value::List{write}), Value(Value::List{read, write})};
  }
  if (f != "cas") return plain;
  std::vector<Value> pairs;
  for (const Value& a : plain) {
    for (const Value& b : plain) pairs.emplace_back(Value::List{a, b});
  }
  return pairs;
}

// Calls of every function, outcome and kind of result; those that the model refuses left out.
std::vector<Call> calls_of(const Model& model) {
  std::vector<Value> results = {
      Value(), "", "a", "ab", 0, 1, 2, "true", "false", Value(0, 1), Value(Value::List{1})};
  std::vector<Call> calls;
  for (std::string_view name : model.functions) {
    for (const Value& argument : arguments(model.name, name)) {
      std::vector<Value> possible = results;
      if (name == "txn") possible = {argument};
      for (const Value& result : possible) {
        for (Outcome outcome : {Outcome::ok, Outcome::unknown, Outcome::mismatch}) {
          const Call call{Symbol::of(name), argument, result, outcome};
          if (outcome == Outcome::mismatch && call.f != model.mismatch_f) continue;
          if (!model.validate(call)) calls.push_back(model.prepare(call, {}));
        }
      }
    }
  }
  return calls;
}

std::set<Value> states_of(const Model& model, const std::vector<Call>& calls) {
  std::vector<Value> queue = {*model.parse_initial(model.default_initial)};
  std::set<Value> seen = {queue.front()};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    for (const Call& call : calls) {
      const auto next = model.step(queue[i], call);
      if (next && seen.size() < kStates && seen.insert(*next).second) queue.push_back(*next);
    }
  }
  return seen;
}

TEST(Purity, HoldsInEveryStateTried) {
  for (const Model& model : all_models()) {
    const std::vector<Call> calls = calls_of(model);
    const std::set<Value> states = states_of(model, calls);
    EXPECT_GT(states.size(), 1U) << model.name;
    for (const Call& call : calls) {
      bool changes = false;
      for (const Value& state : states) {
        const auto next = model.step(state, call);
        changes = changes || (next && *next != state);
      }
      // Whoever changes nothing in any of so many states should be called pure, too, except a txn
      // that writes what it reads, and what is illegal wherever these calls lead.
      const auto legal = [&](const Value& state) { return model.step(state, call).has_value(); };
      const bool somewhere = std::any_of(states.begin(), states.end(), legal);
      SCOPED_TRACE(testing::Message() << model.name << " " << model.describe(call).label << " -> "
                                      << call.result.to_string());
      if (changes) {
        EXPECT_FALSE(model.pure(call));
      } else if (somewhere) {
        EXPECT_TRUE(model.pure(call));
      }
    }
  }
}

}  // namespace
}  // namespace faultline
