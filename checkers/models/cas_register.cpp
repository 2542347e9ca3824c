// register and cas-register: one value that is read, written, and compared and set. The plain
// register is the same object without the cas.
#include <fmt/format.h>

#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

Result<Value> parse_initial(std::string_view text) {
  return parse_plain_value(text, "the initial state of a register");
}

std::optional<std::string> validate(const Call& call) {
  if (call.f == f::kCas && call.argument.items().size() != 2) {
    return "a cas must have the value [expected new], not " + call.argument.to_string();
  }
  return std::nullopt;
}

Call prepare(Call call, const ModelOptions& options) {
  if (call.f == f::kRead) {
    call.argument = Value();
    if (call.result.is_nothing() && options.nil_read_unconstrained) call.outcome = Outcome::unknown;
    if (call.outcome != Outcome::ok) call.result = Value();
    return call;
  }
  // What a write or cas returned says nothing. One that crashed either took effect like any other
  // or may be left out, so the two have the same effect.
  if (call.outcome == Outcome::unknown) call.outcome = Outcome::ok;
  call.result = Value();
  return call;
}

std::optional<Value> step(const Value& state, const Call& call) {
  if (call.f == f::kWrite) return call.argument;
  if (call.f == f::kRead) {
    if (call.outcome == Outcome::unknown || call.result == state) return state;
    return std::nullopt;
  }
  const Value::List pair = call.argument.items();
  const bool equal = state == pair[0];
  if (call.outcome == Outcome::mismatch) {
    if (equal) return std::nullopt;
    return state;
  }
  if (!equal) return std::nullopt;
  return pair[1];
}

bool pure(const Call& call) {
  if (call.f == f::kRead) return true;
  if (call.f == f::kWrite) return false;
  if (call.outcome == Outcome::mismatch) return true;
  // cas(a, a) is illegal in every state but a, and leaves a as it is. (write(a) is legal in the
  // other states as well, and changes those.)
  const Value::List pair = call.argument.items();
  return pair[0] == pair[1];
}

std::string show_state(const Value& state) {
  return shorten(state.to_string(), 40);
}

Description describe(const Call& call) {
  if (call.f == f::kRead) {
    if (call.outcome == Outcome::unknown) return {"read ?", "read", "returned nothing"};
    const std::string result = shorten(call.result.to_string(), 24);
    return {"read " + result, "read", "returned " + result};
  }
  if (call.f == f::kWrite) {
    const std::string label = "write " + shorten(call.argument.to_string(), 24);
    return {label, label, "succeeded"};
  }
  const Value::List pair = call.argument.items();
  const std::string expected = shorten(pair[0].to_string(), 16);
  const std::string label = fmt::format("cas {}->{}", expected, shorten(pair[1].to_string(), 16));
  if (call.outcome != Outcome::mismatch) return {label, label, "succeeded"};
  return {label + " failed", label, "found another value than " + expected};
}

}  // namespace

Model cas_register() {
  return {.name = "cas-register",
          .doc = "a register: read, write, cas [expected new]",
          .object = "register",
          .default_initial = "nil",
          .per_key = false,
          .functions = {"read", "write", "cas"},
          .mismatch_f = f::kCas,
          .parse_initial = parse_initial,
          .validate = validate,
          .prepare = prepare,
          .step = step,
          .pure = pure,
          .show_state = show_state,
          .describe = describe};
}

Model register_model() {
  Model model = cas_register();
  model.name = "register";
  model.doc = "a register: read, write";
  model.functions = {"read", "write"};
  model.mismatch_f = Symbol();
  return model;
}

}  // namespace faultline::models
