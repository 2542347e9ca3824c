// mutex: acquire makes a free mutex held, release makes a held one free. Who holds it is not
// looked at, as in Knossos.
#include <fmt/format.h>

#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

const Symbol kAcquire = Symbol::of("acquire");
constexpr int kFree = 0;
constexpr int kHeld = 1;

Result<Value> parse_initial(std::string_view text) {
  if (text == "free") return Value(kFree);
  if (text == "held") return Value(kHeld);
  return Error{fmt::format("the initial state of a mutex: expected free or held, not '{}'", text)};
}

Call prepare(Call call, const ModelOptions&) {
  call.argument = {};
  call.result = {};
  call.outcome = Outcome::ok;
  return call;
}

std::optional<Value> step(const Value& state, const Call& call) {
  const int needed = call.f == kAcquire ? kFree : kHeld;
  if (state != Value(needed)) return std::nullopt;
  return Value(needed == kFree ? kHeld : kFree);
}

std::optional<ValueEffect> value_effect(const Call& call) {
  const bool acquires = call.f == kAcquire;
  ValueEffect effect;
  effect.needs = Value(acquires ? kFree : kHeld);
  effect.makes = Value(acquires ? kHeld : kFree);
  return effect;
}

std::string show_state(const Value& state) {
  return state == Value(kFree) ? "free" : "held";
}

}  // namespace

Model mutex() {
  return {.name = "mutex",
          .doc = "a lock without an owner: acquire, release",
          .object = "mutex",
          .default_initial = "free",
          .functions = {"acquire", "release"},
          .parse_initial = parse_initial,
          .prepare = prepare,
          .step = step,
          .show_state = show_state,
          .describe = describe_update,
          .value_effect = value_effect};
}

}  // namespace faultline::models
