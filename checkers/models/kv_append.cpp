// kv-append: a text under each key: get, put, append; an absent key holds "". This is the store
// of Porcupine's key-value logs.
#include <fmt/format.h>

#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

const Symbol kGet = Symbol::of("get");
const Symbol kPut = Symbol::of("put");

Result<Value> parse_initial(std::string_view text) {
  if (text == "empty" || text.empty()) return Value("");
  const auto value = parse_plain_value(text, "the initial state of a key");
  if (value && value->is_text()) return *value;
  return Error{
      fmt::format("the initial state of a key: expected empty or a \"text\" in quotes, "
                  "not '{}'",
                  text)};
}

std::optional<std::string> validate(const Call& call) {
  if (call.f == kGet) {
    if (call.outcome != Outcome::ok || call.result.is_text() || call.result.is_nothing()) {
      return std::nullopt;
    }
    return "a get must return a text, not " + call.result.to_string();
  }
  if (call.argument.is_text()) return std::nullopt;
  return fmt::format("{} must have a text as its value, not {}", call.f.name(),
                     call.argument.to_string());
}

Call prepare(Call call, const ModelOptions& options) {
  if (call.f != kGet) {
    call.outcome = Outcome::ok;
    call.result = Value();
    return call;
  }
  call.argument = Value();
  if (call.outcome == Outcome::ok && call.result.is_nothing()) {
    // Nothing is either "not recorded" or another name for the absent key.
    if (options.nil_read_unconstrained)
      call.outcome = Outcome::unknown;
    else
      call.result = Value("");
  }
  if (call.outcome != Outcome::ok) call.result = Value();
  return call;
}

std::optional<Value> step(const Value& state, const Call& call) {
  if (call.f == kGet) {
    if (call.outcome == Outcome::ok && call.result != state) return std::nullopt;
    return state;
  }
  if (call.f == kPut) return call.argument;
  return Value(state.text() + call.argument.text());
}

bool pure(const Call& call) {
  return call.f == kGet;
}

std::string show_state(const Value& state) {
  return shorten(state.to_string(), 40);
}

Description describe(const Call& call) {
  if (call.f == kGet) {
    if (call.outcome == Outcome::unknown) return {"get ?", "get", "returned nothing"};
    const std::string result = call.result.to_string();
    return {"get " + shorten(result, 20), "get", "returned " + shorten(result, 60)};
  }
  const std::string label = call.f.name() + " " + shorten(call.argument.to_string(), 20);
  return {label, label, "succeeded"};
}

}  // namespace

Model kv_append() {
  return {.name = "kv-append",
          .doc = "a text under each key: get, put, append",
          .object = "key",
          .default_initial = "empty",
          .per_key = true,
          .functions = {"get", "put", "append"},
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
