#include "checkers/models/nondeterministic.hpp"

#include <algorithm>

namespace faultline::models {

Value set_of_states(Value::List states) {
  std::sort(states.begin(), states.end());
  states.erase(std::unique(states.begin(), states.end()), states.end());
  return Value(std::move(states));
}

std::string show_states(const Value& states, std::string (*show_state)(const Value& state)) {
  std::string text;
  for (const Value& state : states.items()) {
    if (!text.empty()) text += "|";
    text += show_state(state);
  }
  return shorten(std::move(text), 60);
}

}  // namespace faultline::models
