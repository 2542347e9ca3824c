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

std::optional<std::string> validate(const Call&) {
  return std::nullopt;
}

Call prepare(Call call, const ModelOptions&) {
  return {.f = call.f, .argument = {}, .result = {}, .outcome = Outcome::ok};
}

std::optional<Value> step(const Value& state, const Call& call) {
  const int needed = call.f == kAcquire ? kFree : kHeld;
  if (state != Value(needed)) return std::nullopt;
  return Value(needed == kFree ? kHeld : kFree);
}

bool pure(const Call&) {
  return false;
}

std::string show_state(const Value& state) {
  return state == Value(kFree) ? "free" : "held";
}

Description describe(const Call& call) {
  return {call.f.name(), call.f.name(), "succeeded"};
}

}  // namespace

Model mutex() {
  return {.name = "mutex",
          .doc = "a lock without an owner: acquire, release",
          .object = "mutex",
          .default_initial = "free",
          .per_key = false,
          .functions = {"acquire", "release"},
          .mismatch_f = {},
          .parse_initial = parse_initial,
          .validate = validate,
          .prepare = prepare,
          .step = step,
          .pure = pure,
          .show_state = show_state,
          .describe = describe};
}

}  // namespace faultline::models
