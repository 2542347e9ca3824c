#include "checkers/linearizability/expansion.hpp"

#include <algorithm>

namespace faultline {

Expansion::Expansion(const Problem& problem, TransitionTable& table, CrashUsage& usages,
                     const Reductions& reductions)
    : problem_(problem),
      table_(table),
      usages_(usages),
      reductions_(reductions),
      seen_kinds_(problem.kinds.size(), 0) {}

Configuration Expansion::initial() const {
  Configuration configuration;
  configuration.linearized_beyond.resize(problem_.words() - 1, 0);
  return configuration;
}

void Expansion::candidates(const Configuration& at, const Window& window,
                           std::vector<Candidate>& out) {
  if (++round_ == 0) {
    std::fill(seen_kinds_.begin(), seen_kinds_.end(), 0);
    round_ = 1;
  }
  for (std::uint32_t op = window.first(); op != window.end(); op = window.next(op)) {
    const Problem::Op& open = problem_.ops[op];
    if (at.has(open.slot)) continue;
    if (reductions_.symmetry && seen_kinds_[open.kind] == round_) continue;
    seen_kinds_[open.kind] = round_;
    const std::uint32_t next = table_.step(at.state, open.kind);
    if (next != TransitionTable::kNone) out.push_back({op, next, false});
  }
  for (std::uint32_t crash_class : window.crash_classes()) {
    const auto& members = problem_.crash_classes[crash_class];
    const std::uint32_t kind = problem_.ops[members.front()].kind;
    if (reductions_.symmetry && seen_kinds_[kind] == round_) continue;
    const std::uint32_t next = table_.step(at.state, kind);
    if (next == TransitionTable::kNone) continue;
    if (reductions_.dominance && next == at.state) continue;
    if (usages_.count(at.usage, crash_class) == window.invoked(crash_class)) continue;
    out.push_back({crash_class, next, true});
  }
}

void Expansion::apply(Configuration& to, const Candidate& candidate, const Window& window,
                      Trace& trace) {
  if (candidate.crashed) {
    const auto& members = problem_.crash_classes[candidate.which];
    trace.push_back(members[usages_.count(to.usage, candidate.which)]);
    to.usage = usages_.use(to.usage, candidate.which);
  } else {
    trace.push_back(candidate.which);
    to.add(problem_.ops[candidate.which].slot);
  }
  const bool changed = to.state != candidate.next_state;
  to.state = candidate.next_state;
  if (!reductions_.greedy_pure || !changed) return;
  for (std::uint32_t op = window.first(); op != window.end(); op = window.next(op)) {
    absorb(to, op, trace);
  }
}

void Expansion::absorb_invoked(Configuration& to, std::uint32_t since, const Window& window,
                               Trace& trace) {
  if (!reductions_.greedy_pure) return;
  for (std::uint32_t i = since; i < window.position(); ++i) {
    const Problem::Event event = problem_.events[i];
    if (!event.is_return && !problem_.ops[event.op].crashed) absorb(to, event.op, trace);
  }
}

void Expansion::absorb(Configuration& to, std::uint32_t op, Trace& trace) {
  const Problem::Op& open = problem_.ops[op];
  if (!problem_.pure[open.kind] || to.has(open.slot)) return;
  if (table_.step(to.state, open.kind) != to.state) return;
  to.add(open.slot);
  trace.push_back(op);
}

}  // namespace faultline
