// brute_force: every order of a few ops, for the verifier of cores. It shares no code with the
// search, and is simple enough to be believed. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "checkers/model.hpp"

namespace faultline {

// What a core keeps, for brute force. States are numbers.
struct Kept {
  struct Op {
    std::size_t call = 0;
    std::size_t invoked = 0;
    std::size_t returned = SIZE_MAX;
    bool optional = false;
  };
  std::vector<Op> ops;
  std::vector<Call> calls;
  std::set<std::size_t> starts;
  std::set<std::size_t> jumps;  // to which the state may turn at any time
};

// Steps of the model, between states that are numbered as they are met.
class ModelSteps {
 public:
  ModelSteps(const Model& model, const Value& initial)
      : model_(model), states_{initial}, numbers_{{initial, 0}} {}

  std::optional<std::size_t> step(std::size_t state, const Call& call) {
    const auto next = model_.step(states_[state], call);
    if (!next) return std::nullopt;
    const auto [known, is_new] = numbers_.try_emplace(*next, states_.size());
    if (is_new) states_.push_back(*next);
    return known->second;
  }

 private:
  const Model& model_;
  std::vector<Value> states_;
  std::map<Value, std::size_t> numbers_;
};

// Steps by the effects that calls say they have. Values that nobody looks at are one state.
class EffectSteps {
 public:
  EffectSteps(const Model& model, const std::vector<Call>& calls) : model_(model) {
    for (const Call& call : calls) {
      const ValueEffect effect = *model.value_effect(call);
      if (effect.needs) values_.insert(*effect.needs);
      if (effect.excludes) values_.insert(*effect.excludes);
    }
  }

  std::size_t number(const Value& value) const {
    const auto at = values_.find(value);
    return static_cast<std::size_t>(std::distance(values_.begin(), at));
  }
  std::size_t other() const { return values_.size(); }

  std::optional<std::size_t> step(std::size_t state, const Call& call) const {
    const ValueEffect effect = *model_.value_effect(call);
    if (effect.needs && number(*effect.needs) != state) return std::nullopt;
    if (effect.excludes && number(*effect.excludes) == state) return std::nullopt;
    return effect.makes ? number(*effect.makes) : state;
  }

 private:
  const Model& model_;
  std::set<Value> values_;
};

// Every order of what is kept (Wing and Gong 1993), none of the same configuration twice.
template <class Steps>
class BruteForce {
 public:
  BruteForce(const Kept& kept, Steps& steps, std::uint64_t effort)
      : kept_(kept), steps_(steps), left_(effort) {}

  // Nothing if there were too many.
  std::optional<bool> linearizable() {
    for (const std::size_t start : kept_.starts) visit({std::string(kept_.ops.size(), '-'), start});
    while (!stack_.empty()) {
      const Configuration at = std::move(stack_.back());
      stack_.pop_back();
      if (is_complete(at)) return true;
      const std::uint64_t effort = kept_.ops.size() * kept_.ops.size();
      if (left_ < effort) return std::nullopt;
      left_ -= effort;
      for (const std::size_t state : kept_.jumps) visit({at.done, state});
      for (std::size_t i = 0; i < kept_.ops.size(); ++i) {
        if (!may_be_next(at, i)) continue;
        const auto next = steps_.step(at.state, kept_.calls[kept_.ops[i].call]);
        if (!next) continue;
        Configuration after{at.done, *next};
        after.done[i] = '+';
        visit(std::move(after));
      }
    }
    return false;
  }

 private:
  struct Configuration {
    std::string done;  // per op, '+' if it is linearized
    std::size_t state = 0;
  };

  void visit(Configuration configuration) {
    const std::string name = configuration.done + std::to_string(configuration.state);
    if (seen_.insert(name).second) stack_.push_back(std::move(configuration));
  }

  bool is_complete(const Configuration& at) const {
    for (std::size_t i = 0; i < kept_.ops.size(); ++i) {
      if (at.done[i] == '-' && !kept_.ops[i].optional) return false;
    }
    return true;
  }

  // Nothing that must happen has returned before it, and it returned before nothing that did.
  bool may_be_next(const Configuration& at, std::size_t next) const {
    if (at.done[next] == '+') return false;
    for (std::size_t i = 0; i < kept_.ops.size(); ++i) {
      const bool happened = at.done[i] == '+';
      if (happened && kept_.ops[next].returned < kept_.ops[i].invoked) return false;
      const bool due = !happened && !kept_.ops[i].optional && i != next;
      if (due && kept_.ops[i].returned < kept_.ops[next].invoked) return false;
    }
    return true;
  }

  const Kept& kept_;
  Steps& steps_;
  std::uint64_t left_;  // of the effort
  std::vector<Configuration> stack_;
  std::unordered_set<std::string> seen_;
};

}  // namespace faultline
