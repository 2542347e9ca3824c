// lossy-register: a register whose writes may be lost even though they were acknowledged: each
// takes effect while it runs, or never. What is read must still be what was written last and not
// lost. The example of a nondeterministic model.
#include "checkers/models/models.hpp"
#include "checkers/models/nondeterministic.hpp"

namespace faultline::models {
namespace {

Call prepare(Call call, const ModelOptions& options) {
  return call.f == f::kRead ? as_read(std::move(call), options) : as_update(std::move(call));
}

std::vector<Value> step(const Value& state, const Call& call) {
  if (call.f == f::kWrite) return {state, call.argument};
  if (call.outcome == Outcome::unknown || call.result == state) return {state};
  return {};
}

// A read that returned something is not: see nondeterministic.hpp.
bool pure(const Call& call) {
  return call.f == f::kRead && call.outcome == Outcome::unknown;
}

Description describe(const Call& call) {
  return call.f == f::kWrite ? describe_update(call) : describe_query(call);
}

}  // namespace

Model lossy_register() {
  return determinize<step>({.name = "lossy-register",
                            .doc = "a register that may lose writes it acknowledged: read, write",
                            .object = "register",
                            .functions = {"read", "write"},
                            .prepare = prepare,
                            .pure = pure,
                            .describe = describe});
}

}  // namespace faultline::models
