// owner-aware-mutex: acquire makes a free mutex the owner's, and only its owner may release it. The
// owner is the op's value, or without one its process. A state is the owner; nothing if it is free.
#include <fmt/format.h>

#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

const Symbol kAcquire = Symbol::of("acquire");

Result<Value> parse_initial(std::string_view text) {
  if (text == "free") return Value();
  const auto owner = parse_plain_value(text, "");
  if (owner && !owner->is_nothing()) return *owner;
  return Error{fmt::format(
      "the initial state of a mutex: expected free, or its owner (an integer or a \"text\" in "
      "quotes), not '{}'",
      text)};
}

Call prepare(Call call, const ModelOptions&) {
  return as_update(std::move(call));
}

std::optional<Value> step(const Value& state, const Call& call) {
  const bool acquires = call.f == kAcquire;
  if (state != (acquires ? Value() : call.argument)) return std::nullopt;
  return acquires ? call.argument : Value();
}

std::optional<ValueEffect> value_effect(const Call& call) {
  const bool acquires = call.f == kAcquire;
  ValueEffect effect;
  effect.needs = acquires ? Value() : call.argument;
  effect.makes = acquires ? call.argument : Value();
  return effect;
}

std::string show_state(const Value& state) {
  return state.is_nothing() ? "free" : "held by " + show_plainly(state);
}

}  // namespace

Model owner_aware_mutex() {
  return {.name = "owner-aware-mutex",
          .doc =
              "a lock that only its holder (the value, or else the process) may release: "
              "acquire, release",
          .object = "mutex",
          .default_initial = "free",
          .by_process = true,
          .functions = {"acquire", "release"},
          .parse_initial = parse_initial,
          .prepare = prepare,
          .step = step,
          .show_state = show_state,
          .describe = describe_update,
          .value_effect = value_effect};
}

}  // namespace faultline::models
