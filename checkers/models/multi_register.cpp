// multi-register: several registers read and written together by transactions of the form
// [[read x nil] [write y 2]]. A state is the list of its [key value] entries, sorted by key; a
// register that is not in it holds nil.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/models/models.hpp"

namespace faultline::models {
namespace {

bool is_read(const Value& action) {
  return action == Value("read") || action == Value("r");
}

bool is_write(const Value& action) {
  return action == Value("write") || action == Value("w");
}

// The entry of `key` in a sorted state, or where it would be.
auto position_of(Value::List& state, const Value& key) {
  return std::lower_bound(state.begin(), state.end(), key,
                          [](const Value& entry, const Value& k) { return entry.items()[0] < k; });
}

bool is_at(const Value::List& state, Value::List::const_iterator it, const Value& key) {
  return it != state.end() && it->items()[0] == key;
}

void write(Value::List& state, const Value& key, const Value& value) {
  const auto it = position_of(state, key);
  const Value entry(Value::List{key, value});
  if (is_at(state, it, key)) {
    *it = entry;
  } else {
    state.insert(it, entry);
  }
}

Value parse_key(std::string_view text) {
  const auto plain = parse_plain_value(text, "");
  return plain && plain->is_integer() ? *plain : Value(text);
}

Result<Value> parse_initial(std::string_view text) {
  Value::List state;
  if (text == "empty") return Value(std::move(state));
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), entry.size() + 1));
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Error{
          fmt::format("the initial state of a multi-register: expected empty or a list "
                      "like x=0,y=nil, not '{}'",
                      entry)};
    }
    const auto value =
        parse_plain_value(entry.substr(equals + 1), "the initial state of a multi-register");
    if (!value) return value.error();
    write(state, parse_key(entry.substr(0, equals)), *value);
  }
  return Value(std::move(state));
}

std::optional<std::string> validate(const Call& call) {
  const Value& actions = call.outcome == Outcome::ok ? call.result : call.argument;
  if (!actions.is_list()) return "a txn must have a list like [[read x nil] [write y 2]]";
  for (const Value& action : actions.list()) {
    const Value::List parts = action.items();
    if (parts.size() != 3 || (!is_read(parts[0]) && !is_write(parts[0]))) {
      return "a txn is a list of [read key value] and [write key value], not " +
             shorten(action.to_string(), 40);
    }
  }
  return std::nullopt;
}

// Keeps in `argument` the actions that matter: the writes, and the reads whose results are known.
Call prepare(Call call, const ModelOptions& options) {
  Value::List kept;
  const bool completed = call.outcome == Outcome::ok;
  const Value& actions = completed ? call.result : call.argument;
  for (const Value& action : actions.list()) {
    const Value::List parts = action.items();
    const bool known = completed && !(parts[2].is_nothing() && options.nil_read_unconstrained);
    if (is_write(parts[0]) || known) kept.push_back(action);
  }
  call.argument = Value(std::move(kept));
  call.result = Value();
  call.outcome = Outcome::ok;
  return call;
}

std::optional<Value> step(const Value& state, const Call& call) {
  Value::List registers = state.list();
  for (const Value& action : call.argument.list()) {
    const Value::List parts = action.items();
    if (is_write(parts[0])) {
      write(registers, parts[1], parts[2]);
      continue;
    }
    const auto it = position_of(registers, parts[1]);
    const Value found = is_at(registers, it, parts[1]) ? it->items()[1] : Value();
    if (found != parts[2]) return std::nullopt;
  }
  return Value(std::move(registers));
}

// One without writes. (There are others, such as one that reads 1 and writes 1 to the same
// register, but they are too rare to be worth a proof.)
bool pure(const Call& call) {
  const Value::List& actions = call.argument.list();
  return std::all_of(actions.begin(), actions.end(),
                     [](const Value& action) { return is_read(action.items()[0]); });
}

std::string plain(const Value& value) {
  return value.is_text() ? value.text() : value.to_string();
}

std::string show_state(const Value& state) {
  std::string text;
  for (const Value& entry : state.list()) {
    const Value::List parts = entry.items();
    if (!text.empty()) text += ' ';
    text += plain(parts[0]) + "=" + parts[1].to_string();
  }
  return text.empty() ? "empty" : shorten(text, 60);
}

Description describe(const Call& call) {
  std::string reads;
  std::string writes;
  for (const Value& action : call.argument.list()) {
    const Value::List parts = action.items();
    std::string& text = is_read(parts[0]) ? reads : writes;
    if (!text.empty()) text += ' ';
    text += plain(parts[1]) + "=" + parts[2].to_string();
  }
  std::string label = "txn";
  if (!reads.empty()) label += " r " + reads;
  if (!writes.empty()) label += " w " + writes;
  std::string subject = writes.empty() ? "txn" : "txn writing " + writes;
  return {shorten(label, 32), subject, reads.empty() ? "succeeded" : "read " + reads};
}

}  // namespace

Model multi_register() {
  return {.name = "multi-register",
          .doc = "several registers: txn [[read key value] [write key value] ...]",
          .object = "multi-register",
          .default_initial = "empty",
          .functions = {"txn"},
          .parse_initial = parse_initial,
          .validate = validate,
          .prepare = prepare,
          .step = step,
          .pure = pure,
          .show_state = show_state,
          .describe = describe};
}

}  // namespace faultline::models
