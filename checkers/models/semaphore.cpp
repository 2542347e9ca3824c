// semaphore: acquire takes some of its permits, if there are as many, and release gives them back.
// A state is the pair [free permits].
#include <fmt/format.h>

#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

const Symbol kAcquire = Symbol::of("acquire");

Result<Value> parse_initial(std::string_view text) {
  const auto permits = parse_plain_value(text, "");
  if (permits && permits->is_integer() && permits->integer() > 0) {
    return Value(permits->integer(), permits->integer());
  }
  return Error{fmt::format(
      "the initial state of a semaphore: expected its number of permits, not '{}'", text)};
}

std::optional<std::string> validate(const Call& call) {
  const Value& count = call.argument;
  if (count.is_nothing() || (count.is_integer() && count.integer() > 0)) return std::nullopt;
  return fmt::format("{} must have a number of permits as its value, or nothing for one, not {}",
                     call.f.name(), shorten(count.to_string(), 40));
}

Call prepare(Call call, const ModelOptions&) {
  if (call.argument.is_nothing()) call.argument = Value(1);
  return as_update(std::move(call));
}

std::optional<Value> step(const Value& state, const Call& call) {
  const auto [free, permits] = state.pair();
  const std::int64_t count = call.argument.integer();
  if (call.f == kAcquire) {
    if (count > free) return std::nullopt;
    return Value(free - count, permits);
  }
  if (count > permits - free) return std::nullopt;
  return Value(free + count, permits);
}

std::string show_state(const Value& state) {
  return fmt::format("{} of {} free", state.pair().first, state.pair().second);
}

}  // namespace

Model semaphore() {
  return {.name = "semaphore",
          .doc = "permits (the initial state: how many): acquire, release, of one or of the value",
          .object = "semaphore",
          .default_initial = "2",
          .functions = {"acquire", "release"},
          .parse_initial = parse_initial,
          .validate = validate,
          .prepare = prepare,
          .step = step,
          .show_state = show_state,
          .describe = describe_update};
}

}  // namespace faultline::models
