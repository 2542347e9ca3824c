#include "harness/core/op.hpp"

#include <fmt/format.h>

#include "harness/core/utf8.hpp"

namespace faultline {

const char* to_string(OpType type) {
  switch (type) {
    case OpType::invoke: return "invoke";
    case OpType::ok: return "ok";
    case OpType::fail: return "fail";
    case OpType::info: return "info";
  }
  return "?";
}

std::string to_string(const Op& op) {
  const auto who = op.is_nemesis() ? std::string("nemesis") : std::to_string(op.process);
  std::string line = fmt::format("{} {} {}", who, to_string(op.type), printable(op.f.name()));
  if (!op.key.is_nothing()) line += fmt::format(" key {}", op.key.to_string());
  line += fmt::format(" {}", op.value.to_string());
  if (!op.error.empty()) line += fmt::format(" ({})", printable(op.error.name()));
  return line;
}

Op completion(const Op& invocation, OpType type, Symbol error) {
  Op op = invocation;
  op.type = type;
  op.error = error;
  return op;
}

Op invocation(Symbol f, Value value, Value key) {
  Op op;
  op.f = f;
  op.value = std::move(value);
  op.key = std::move(key);
  return op;
}

const Op* completion_of(const History& history, std::size_t invocation) {
  for (std::size_t i = invocation + 1; i < history.size(); ++i) {
    if (history[i].process == history[invocation].process) return &history[i];
  }
  return nullptr;
}

}  // namespace faultline
