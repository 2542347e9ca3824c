// counter: a number that is added to. It wraps around, as 64-bit integers do.
#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

const Symbol kAdd = Symbol::of("add");
const Symbol kIncrement = Symbol::of("increment");

Result<Value> parse_initial(std::string_view text) {
  auto value = parse_plain_value(text, "the initial state of a counter");
  if (value && !value->is_integer()) {
    return Error{"the initial state of a counter: expected an integer, not " + std::string(text)};
  }
  return value;
}

std::optional<std::string> validate(const Call& call) {
  const bool crashed = call.outcome == Outcome::unknown;
  if (call.f == f::kRead) {
    if (crashed || call.result.is_integer() || call.result.is_nothing()) return std::nullopt;
    return "a read must return an integer, not " + shorten(call.result.to_string(), 40);
  }
  if (call.f != kAdd || call.argument.is_integer()) return std::nullopt;
  return "an add must have an integer as its value, not " + shorten(call.argument.to_string(), 40);
}

Call prepare(Call call, const ModelOptions&) {
  // There is no counter of nil: such a read says nothing.
  if (call.f == f::kRead) return as_read(std::move(call), {.nil_read_unconstrained = true});
  call = as_update(std::move(call));
  if (call.f != kAdd) call.argument = Value(call.f == kIncrement ? 1 : -1);
  call.f = kAdd;
  return call;
}

std::optional<Value> step(const Value& state, const Call& call) {
  if (call.f == f::kRead) {
    if (call.outcome == Outcome::unknown || call.result == state) return state;
    return std::nullopt;
  }
  const auto sum = static_cast<std::uint64_t>(state.integer()) +
                   static_cast<std::uint64_t>(call.argument.integer());
  return Value(static_cast<std::int64_t>(sum));
}

bool pure(const Call& call) {
  return call.f == f::kRead || call.argument == Value(0);
}

Description describe(const Call& call) {
  return call.f == kAdd ? describe_update(call) : describe_query(call);
}

}  // namespace

Model counter() {
  return {.name = "counter",
          .doc = "a number, as Jepsen's: add delta, read; also increment, decrement (by one)",
          .object = "counter",
          .default_initial = "0",
          .functions = {"add", "read", "increment", "decrement"},
          .parse_initial = parse_initial,
          .validate = validate,
          .prepare = prepare,
          .step = step,
          .pure = pure,
          .describe = describe};
}

}  // namespace faultline::models
