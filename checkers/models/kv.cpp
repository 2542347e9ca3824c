// kv: a value under each key, nothing if the key is absent. kv-append is the same of texts alone,
// where an absent key holds "", as in Porcupine's key-value logs.
#include <fmt/format.h>

#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

const Symbol kGet = Symbol::of("get");
const Symbol kPut = Symbol::of("put");
const Symbol kAppend = Symbol::of("append");
const Symbol kDelete = Symbol::of("delete");

Result<Value> parse_initial(std::string_view text) {
  if (text == "absent" || text == "empty") return Value();
  return parse_plain_value(text, "the initial state of a key");
}

std::optional<std::string> validate(const Call& call) {
  if (call.f == kAppend && !call.argument.is_text()) {
    return "an append must have a text as its value, not " + call.argument.to_string();
  }
  return require_cas_pair(call);
}

Call prepare(Call call, const ModelOptions& options) {
  if (call.f == kGet) return as_read(std::move(call), options);
  if (call.f == kDelete) call.argument = Value();
  return as_update(std::move(call));
}

// Only to a text can be appended, or to an absent key, as if it held "".
std::optional<Value> append(const Value& state, const Value& text) {
  if (state.is_nothing()) return text;
  if (!state.is_text()) return std::nullopt;
  return Value(state.text() + text.text());
}

std::optional<Value> cas(const Value& state, const Call& call) {
  const Value::List pair = call.argument.items();
  const bool mismatch = call.outcome == Outcome::mismatch;
  if ((state == pair[0]) == mismatch) return std::nullopt;
  return mismatch ? state : pair[1];
}

std::optional<Value> step(const Value& state, const Call& call) {
  if (call.f == kPut) return call.argument;
  if (call.f == kDelete) return Value();
  if (call.f == kAppend) return append(state, call.argument);
  if (call.f == f::kCas) return cas(state, call);
  if (call.outcome == Outcome::unknown || call.result == state) return state;
  return std::nullopt;
}

bool pure(const Call& call) {
  if (call.f == kGet) return true;
  if (call.f != f::kCas) return false;
  const Value::List pair = call.argument.items();
  return call.outcome == Outcome::mismatch || pair[0] == pair[1];  // see cas_register.cpp
}

// Appends lead to what begins like the state.
std::optional<std::size_t> distance(const Value& state, const Call& call) {
  if (call.f != kGet || call.outcome == Outcome::unknown || call.result == state) return 0;
  if (!call.result.is_text() || (!state.is_text() && !state.is_nothing())) return std::nullopt;
  const std::string_view wanted = call.result.text();
  const std::string_view begin = state.is_text() ? std::string_view(state.text()) : "";
  if (!wanted.starts_with(begin)) return std::nullopt;
  return wanted.size() - begin.size();
}

// An append has none: what it makes depends on the state.
std::optional<ValueEffect> value_effect(const Call& call) {
  ValueEffect effect;
  if (call.f == kAppend) return std::nullopt;
  if (call.f == kGet) {
    if (call.outcome != Outcome::unknown) effect.needs = call.result;
  } else if (call.f != f::kCas) {
    effect.makes = call.argument;
  } else if (call.outcome == Outcome::mismatch) {
    effect.excludes = call.argument.items()[0];
  } else {
    effect.needs = call.argument.items()[0];
    effect.makes = call.argument.items()[1];
  }
  return effect;
}

Description describe(const Call& call) {
  if (call.f == f::kCas) return describe_cas(call);
  return call.f == kGet ? describe_query(call) : describe_update(call);
}

// --- kv-append

Result<Value> parse_initial_text(std::string_view text) {
  if (text == "empty" || text.empty()) return Value("");
  auto value = parse_plain_value(text, "the initial state of a key");
  if (value && value->is_text()) return value;
  return Error{fmt::format(
      "the initial state of a key: expected empty or a \"text\" in quotes, not '{}'", text)};
}

std::optional<std::string> validate_texts(const Call& call) {
  if (call.f != kGet) {
    if (call.argument.is_text()) return std::nullopt;
    return fmt::format("{} must have a text as its value, not {}", call.f.name(),
                       call.argument.to_string());
  }
  if (call.outcome != Outcome::ok || call.result.is_text() || call.result.is_nothing()) {
    return std::nullopt;
  }
  return "a get must return a text, not " + call.result.to_string();
}

Call prepare_texts(Call call, const ModelOptions& options) {
  call = prepare(std::move(call), options);
  // Nothing is another name for the absent key, unless it says nothing.
  const bool read = call.f == kGet && call.outcome == Outcome::ok;
  if (read && call.result.is_nothing()) call.result = Value("");
  return call;
}

}  // namespace

Model kv() {
  return {.name = "kv",
          .doc = "a value under each key: get, put, append, delete, cas [expected new]",
          .object = "key",
          .default_initial = "absent",
          .per_key = true,
          .functions = {"get", "put", "append", "delete", "cas"},
          .mismatch_f = f::kCas,
          .parse_initial = parse_initial,
          .validate = validate,
          .prepare = prepare,
          .step = step,
          .pure = pure,
          .describe = describe,
          .distance = distance,
          .value_effect = value_effect};
}

Model kv_append() {
  Model model = kv();
  model.name = "kv-append";
  model.doc = "a text under each key, as Porcupine's: get, put, append";
  model.default_initial = "empty";
  model.functions = {"get", "put", "append"};
  model.mismatch_f = Symbol();
  model.parse_initial = parse_initial_text;
  model.validate = validate_texts;
  model.prepare = prepare_texts;
  return model;
}

}  // namespace faultline::models
