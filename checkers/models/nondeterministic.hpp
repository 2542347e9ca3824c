// Nondeterministic models: those whose step may end in one of several states, as Porcupine's
// NondeterministicModel. Such a model becomes a deterministic one by the subset construction (Rabin
// and Scott 1959): its states are the sets of states in which the object may be, each a sorted
// list; a call is legal if it is in one of them. Pure functions.
//
// Beware of `pure`: a read rules out the states that would have answered differently, so that it
// changes the set. Only a call that leaves every single state as it is, and is illegal in none, or
// is illegal in all, is pure.
#pragma once

#include <vector>

#include "checkers/model.hpp"

namespace faultline::models {

Value set_of_states(Value::List states);
std::string show_states(const Value& states, std::string (*show_state)(const Value& state));

// The states after `call` in `state`; none if it is illegal there. Never throws.
using NondeterministicStep = std::vector<Value> (*)(const Value& state, const Call& call);

template <NondeterministicStep kStep>
std::optional<Value> step_in_each(const Value& states, const Call& call) {
  Value::List all;
  for (const Value& state : states.items()) {
    for (Value& next : kStep(state, call)) all.push_back(std::move(next));
  }
  if (all.empty()) return std::nullopt;
  return set_of_states(std::move(all));
}

// `model` tells all but the step; its parse_initial and show_state, if they are not the plain ones,
// are given a second time.
template <NondeterministicStep kStep, auto kParseInitial = parse_plain_state,
          auto kShowState = show_plainly>
Model determinize(Model model) {
  model.parse_initial = [](std::string_view text) -> Result<Value> {
    auto state = kParseInitial(text);
    if (!state) return state.error();
    return set_of_states({std::move(*state)});
  };
  model.step = step_in_each<kStep>;
  model.show_state = [](const Value& states) { return show_states(states, kShowState); };
  return model;
}

}  // namespace faultline::models
