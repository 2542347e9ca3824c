#include "checkers/linearizability/problem.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

class Compiler {
 public:
  Compiler(const History& history, const Model& model, const ModelOptions& options,
           const Reductions& reductions)
      : history_(history), model_(model), options_(options), reductions_(reductions) {
    for (std::string_view name : model.functions) functions_.push_back(Symbol::of(name));
  }

  OpResult<Problem> compile(const Partition& partition) {
    for (const Operation& operation : partition.operations) {
      auto call = call_of(operation);
      if (!call) return call.error();
      if (!*call) continue;
      add_op(operation, model_.prepare(std::move(**call), options_), is_crashed(operation));
    }
    order_events();
    assign_slots();
    return std::move(problem_);
  }

  // Nothing if it failed, so that it does not count.
  OpResult<std::optional<Call>> call_of(const Operation& operation) const {
    const Op& invoked = history_[operation.invocation];
    if (std::find(functions_.begin(), functions_.end(), invoked.f) == functions_.end()) {
      return OpError{
          operation.invocation,
          fmt::format("the model {} does not know {}; it knows {}", model_.name,
                      invoked.f.empty() ? "an op without a function" : printable(invoked.f.name()),
                      fmt::join(model_.functions, ", "))};
    }
    if (model_.per_key && invoked.key.is_nothing()) {
      return OpError{operation.invocation,
                     fmt::format("the model {} needs a key in every op", model_.name)};
    }
    const bool crashed = is_crashed(operation);
    Call call{.f = invoked.f, .argument = invoked.value, .result = {}, .outcome = Outcome::ok};
    if (model_.by_process && call.argument.is_nothing()) call.argument = Value(invoked.process);
    if (crashed) {
      call.outcome = Outcome::unknown;
    } else {
      const Op& completed = history_[operation.completion];
      const bool mismatch = completed.f == model_.mismatch_f && completed.error == kMismatch;
      if (completed.type == OpType::fail && !mismatch) return std::optional<Call>();
      if (completed.type == OpType::fail) call.outcome = Outcome::mismatch;
      call.result = completed.value;
      if (call.argument.is_nothing()) call.argument = completed.value;
    }
    if (const auto problem = model_.validate(call)) {
      return OpError{crashed ? operation.invocation : operation.completion, *problem};
    }
    return std::optional<Call>(std::move(call));
  }

 private:
  bool is_crashed(const Operation& operation) const {
    return operation.completion == Operation::kOpen ||
           history_[operation.completion].type == OpType::info;
  }

  void add_op(const Operation& operation, Call call, bool crashed) {
    // A crashed op that can change nothing may always be left out.
    if (crashed && model_.pure(call)) return;
    const auto index = static_cast<std::uint32_t>(problem_.ops.size());
    Problem::Op op;
    op.kind = intern(std::move(call));
    op.source = operation;
    op.crashed = crashed;
    if (crashed) op.slot = join_crash_class(op.kind, index);
    problem_.ops.push_back(op);
  }

  std::uint32_t intern(Call call) {
    const auto next = static_cast<std::uint32_t>(problem_.kinds.size());
    const auto [it, is_new] = kinds_.try_emplace(call, next);
    if (is_new) {
      problem_.pure.push_back(model_.pure(call));
      problem_.kinds.push_back(std::move(call));
    }
    return it->second;
  }

  std::uint32_t join_crash_class(std::uint32_t kind, std::uint32_t op) {
    auto& classes = problem_.crash_classes;
    const auto next = static_cast<std::uint32_t>(classes.size());
    std::uint32_t joined = next;
    // Without symmetry every crashed op is a class of its own.
    if (reductions_.symmetry) joined = class_of_kind_.try_emplace(kind, next).first->second;
    if (joined == next) classes.emplace_back();
    classes[joined].push_back(op);
    return joined;
  }

  void order_events() {
    const auto& ops = problem_.ops;
    std::vector<std::pair<std::uint32_t, Problem::Event>> events;
    events.reserve(2 * ops.size());
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      events.push_back({ops[op].source.invocation, {op, false}});
      if (!ops[op].crashed) events.push_back({ops[op].source.completion, {op, true}});
    }
    std::sort(events.begin(), events.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    problem_.events.reserve(events.size());
    for (const auto& [position, event] : events) problem_.events.push_back(event);
  }

  // Gives every completed op the smallest slot that is free when it is invoked, and its place in
  // the list of open ops, which is kept in the order of their returns.
  void assign_slots() {
    std::vector<std::uint32_t> free_slots;  // the smallest last
    std::vector<std::uint32_t> open;        // in the order of their returns
    auto& ops = problem_.ops;
    const auto returns_before = [&](std::uint32_t a, std::uint32_t b) {
      return ops[a].source.completion < ops[b].source.completion;
    };
    for (const auto [index, is_return] : problem_.events) {
      Problem::Op& op = ops[index];
      if (op.crashed) continue;
      if (is_return) {
        open.erase(open.begin());  // the head is the one that returns next
        const auto at = std::lower_bound(free_slots.begin(), free_slots.end(), op.slot,
                                         std::greater<std::uint32_t>());
        free_slots.insert(at, op.slot);
        continue;
      }
      const auto at = std::lower_bound(open.begin(), open.end(), index, returns_before);
      op.after = at == open.begin() ? problem_.sentinel() : *std::prev(at);
      open.insert(at, index);
      if (free_slots.empty()) {
        op.slot = static_cast<std::uint32_t>(problem_.slots++);
      } else {
        op.slot = free_slots.back();
        free_slots.pop_back();
      }
    }
  }

  const History& history_;
  const Model& model_;
  const ModelOptions& options_;
  const Reductions& reductions_;
  std::vector<Symbol> functions_;
  Problem problem_;
  boost::unordered_flat_map<Call, std::uint32_t> kinds_;
  boost::unordered_flat_map<std::uint32_t, std::uint32_t> class_of_kind_;
};

}  // namespace

OpResult<Problem> compile(const History& history, const Partition& partition, const Model& model,
                          const ModelOptions& options, const Reductions& reductions) {
  return Compiler(history, model, options, reductions).compile(partition);
}

std::optional<OpError> find_unknown_call(const History& history, const Partition& partition,
                                         const Model& model) {
  const ModelOptions options;
  const Reductions reductions;
  const Compiler compiler(history, model, options, reductions);
  for (const Operation& operation : partition.operations) {
    const auto call = compiler.call_of(operation);
    if (!call) return call.error();
  }
  return std::nullopt;
}

}  // namespace faultline
