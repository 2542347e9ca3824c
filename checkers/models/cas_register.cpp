// register and cas-register: one value that is read, written, and compared and set. The plain
// register is the same object without the cas.
#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

Call prepare(Call call, const ModelOptions& options) {
  return call.f == f::kRead ? as_read(std::move(call), options) : as_update(std::move(call));
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

std::optional<ValueEffect> value_effect(const Call& call) {
  ValueEffect effect;
  if (call.f == f::kRead) {
    if (call.outcome != Outcome::unknown) effect.needs = call.result;
  } else if (call.f == f::kWrite) {
    effect.makes = call.argument;
  } else {
    const Value::List pair = call.argument.items();
    if (call.outcome == Outcome::mismatch) {
      effect.excludes = pair[0];
    } else {
      effect.needs = pair[0];
      effect.makes = pair[1];
    }
  }
  return effect;
}

Description describe(const Call& call) {
  if (call.f == f::kCas) return describe_cas(call);
  return call.f == f::kRead ? describe_query(call) : describe_update(call);
}

}  // namespace

Model cas_register() {
  return {.name = "cas-register",
          .doc = "a register: read, write, cas [expected new]",
          .object = "register",
          .functions = {"read", "write", "cas"},
          .mismatch_f = f::kCas,
          .validate = require_cas_pair,
          .prepare = prepare,
          .step = step,
          .pure = pure,
          .describe = describe,
          .value_effect = value_effect};
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
