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

std::vector<Configuration> Expansion::starts() const {
  Configuration initial;
  initial.linearized_beyond.resize(problem_.words() - 1, 0);
  const auto& freedom = problem_.object->freedom;
  if (!freedom || freedom->starts.empty()) return {initial};
  std::vector<Configuration> starts(freedom->starts.size(), initial);
  for (std::size_t i = 0; i < starts.size(); ++i) starts[i].state = freedom->starts[i];
  return starts;
}

void Expansion::candidates(const Configuration& at, const Window& window,
                           std::vector<Candidate>& out) {
  if (++round_ == 0) {
    std::fill(seen_kinds_.begin(), seen_kinds_.end(), 0);
    round_ = 1;
  }
  const std::size_t begin = out.size();
  bool excluded = false;  // by an open op
  for (std::uint32_t op = window.first(); op != window.end(); op = window.next(op)) {
    const Problem::Op& open = problem_.ops[op];
    if (at.has(open.slot)) continue;
    if (problem_.rules && problem_.rules->kinds[open.kind].excludes == at.state) excluded = true;
    if (!open.optional) {
      if (reductions_.symmetry && seen_kinds_[open.kind] == round_) continue;
      seen_kinds_[open.kind] = round_;
    }
    const std::uint32_t next = table_.step(at.state, open.kind);
    if (next != TransitionTable::kNone) out.push_back({op, next});
  }
  if (problem_.rules) {
    const ValueRules& rules = *problem_.rules;
    const bool escape = excluded || !reductions_.look_ahead;
    add_crashed(at, rules.crashed_writes, window, out);
    if (escape) add_crashed(at, rules.crashed_escapes, window, out);
    for (const std::uint32_t crash_class : rules.uses[at.state].crashed_needing) {
      const std::uint32_t op = problem_.crash_classes[crash_class].front();
      if (!escape && !rules.is_useful(rules.kinds[problem_.ops[op].kind])) continue;
      add_crashed(at, {&crash_class, 1}, window, out);
    }
    if (problem_.object->freedom) add_free(at, window, out);
    if (reductions_.look_ahead) look_ahead(at, window, begin, out);
    if (out.size() - begin > 1) prefer_useful(at, window, begin, out);
  } else {
    add_crashed(at, window.crash_classes(), window, out);
    if (problem_.sights) head_for_sights(at, window, begin, out);
  }
}

void Expansion::add_crashed(const Configuration& at, std::span<const std::uint32_t> classes,
                            const Window& window, std::vector<Candidate>& out) {
  for (std::uint32_t crash_class : classes) {
    if (window.invoked(crash_class) == 0) continue;
    const auto& members = problem_.crash_classes[crash_class];
    const std::uint32_t kind = problem_.ops[members.front()].kind;
    if (reductions_.symmetry && seen_kinds_[kind] == round_) continue;
    const std::uint32_t next = table_.step(at.state, kind);
    if (next == TransitionTable::kNone) continue;
    if (reductions_.dominance && next == at.state) continue;
    if (usages_.count(at.usage, crash_class) == window.invoked(crash_class)) continue;
    out.push_back({crash_class, next, Candidate::What::crashed});
  }
}

void Expansion::add_free(const Configuration& at, const Window& window,
                         std::vector<Candidate>& out) const {
  if (problem_.ops[window.returning()].optional) {
    out.push_back({window.returning(), at.state, Candidate::What::pass});
  }
  for (const std::uint32_t value : problem_.object->freedom->jumps) {
    if (value != at.state) out.push_back({value, value, Candidate::What::jump});
  }
}

void Expansion::prefer_useful(const Configuration& at, const Window& window, std::size_t begin,
                              std::vector<Candidate>& out) {
  const ValueRules& rules = *problem_.rules;
  const std::uint32_t returning = window.returning();
  const std::uint32_t wanted = rules.kinds[problem_.ops[returning].kind].needs;
  // Per state, whether an open op leads from it to the one wanted.
  bridges_.resize(rules.uses.size(), 0);
  for (std::uint32_t op = window.first(); op != window.end(); op = window.next(op)) {
    const ValueRule& rule = rules.kinds[problem_.ops[op].kind];
    const bool leads = rule.makes != kNoValue && rule.makes == wanted && rule.needs != kNoValue;
    if (leads && !at.has(problem_.ops[op].slot)) bridges_[rule.needs] = 1;
  }
  for (std::size_t i = begin; i < out.size(); ++i) {
    Candidate& candidate = out[i];
    const bool is_op = candidate.what == Candidate::What::op;
    if (is_op && candidate.which == returning) continue;
    if (candidate.what == Candidate::What::pass) continue;
    candidate.cost = candidate.next_state == wanted        ? 10
                     : bridges_[candidate.next_state] != 0 ? 20
                                                           : 40;
    if (!is_op) {
      candidate.cost += 45;
    } else if (rules.kinds[problem_.ops[candidate.which].kind].needs == kNoValue) {
      candidate.cost += 3;
    }
  }
  std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
                   [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
  for (std::uint32_t op = window.first(); op != window.end(); op = window.next(op)) {
    const ValueRule& rule = rules.kinds[problem_.ops[op].kind];
    if (rule.needs != kNoValue) bridges_[rule.needs] = 0;
  }
}

void Expansion::head_for_sights(const Configuration& at, const Window& window, std::size_t begin,
                                std::vector<Candidate>& out) {
  constexpr int kNoWay = 1 << 20;
  constexpr int kCrashed = 1 << 10;
  constexpr std::size_t kToCome = 4;  // sights not invoked yet that are looked at
  sights_.clear();
  for (std::uint32_t op = window.first(); op != window.end(); op = window.next(op)) {
    const Problem::Op& open = problem_.ops[op];
    if (problem_.pure[open.kind] != 0 && !at.has(open.slot)) sights_.push_back(op);
  }
  std::uint32_t to_come = problem_.sights->next[window.position()];
  for (std::size_t i = 0; i < kToCome && to_come != problem_.sentinel(); ++i) {
    sights_.push_back(to_come);
    to_come = problem_.sights->next[problem_.ops[to_come].invoked + 1];
  }
  if (sights_.empty()) return;
  const auto leads_astray = [&](const Candidate& candidate) {
    if (candidate.next_state == at.state) return false;
    return std::any_of(sights_.begin(), sights_.end(), [&](std::uint32_t sight) {
      return !is_reachable(sight, candidate.next_state, at, candidate, window);
    });
  };
  const auto first = out.begin() + static_cast<std::ptrdiff_t>(begin);
  if (reductions_.look_ahead) out.erase(std::remove_if(first, out.end(), leads_astray), out.end());
  for (std::size_t i = begin; i < out.size(); ++i) {
    const auto distance = table_.distance(out[i].next_state, problem_.ops[sights_[0]].kind);
    out[i].cost = distance ? static_cast<int>(std::min<std::size_t>(*distance, kCrashed)) : kNoWay;
    if (out[i].what == Candidate::What::crashed) out[i].cost += kCrashed;
  }
  std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
                   [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
}

// Whether `sight` may still be seen after `candidate` led to `state`.
bool Expansion::is_reachable(std::uint32_t sight, std::uint32_t state, const Configuration& at,
                             const Candidate& candidate, const Window& window) const {
  if (table_.distance(state, problem_.ops[sight].kind)) return true;
  const auto& makers = problem_.sights->makers[sight];
  return std::any_of(makers.begin(), makers.end(), [&](std::uint32_t maker) {
    const Problem::Op& op = problem_.ops[maker];
    if (op.invoked > problem_.ops[sight].returns) return false;
    if (op.crashed) return true;
    const bool is_used = op.invoked < window.position() && at.has(op.slot);
    return !is_used && op.returns >= window.position() &&
           !(candidate.what == Candidate::What::op && candidate.which == maker);
  });
}

void Expansion::look_ahead(const Configuration& at, const Window& window, std::size_t begin,
                           std::vector<Candidate>& out) const {
  const ValueRules& rules = *problem_.rules;
  const ValueRules::Use& use = rules.uses[at.state];
  if (use.free) return;
  const std::uint32_t again = use.made_again(window.position());
  int needing = use.needed_by(window.position()) < again ? 2 : 0;  // one or many: all the same
  std::uint32_t last = 0;
  for (std::uint32_t op = window.first(); op != window.end(); op = window.next(op)) {
    const Problem::Op& open = problem_.ops[op];
    if (at.has(open.slot)) continue;
    const ValueRule& rule = rules.kinds[open.kind];
    if (rule.needs == at.state) {
      if (open.returns > again || open.optional) continue;
      ++needing;
      last = op;
    } else if (rule.makes == at.state) {
      return;
    }
  }
  if (needing == 0) return;
  for (std::uint32_t crash_class : use.crashed_makers) {
    if (usages_.count(at.usage, crash_class) < window.invoked(crash_class)) return;
  }
  const auto strands = [&](const Candidate& candidate) {
    if (candidate.next_state == at.state) return false;
    return needing > 1 || candidate.what != Candidate::What::op || candidate.which != last;
  };
  out.erase(std::remove_if(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), strands),
            out.end());
}

void Expansion::apply(Configuration& to, const Candidate& candidate, const Window& window,
                      Trace& trace) {
  if (candidate.what == Candidate::What::crashed) {
    const auto& members = problem_.crash_classes[candidate.which];
    trace.push_back(members[usages_.count(to.usage, candidate.which)]);
    to.usage = usages_.use(to.usage, candidate.which);
  } else if (candidate.what == Candidate::What::op) {
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
  if (problem_.pure[open.kind] == 0 || to.has(open.slot)) return;
  if (table_.step(to.state, open.kind) != to.state) return;
  to.add(open.slot);
  trace.push_back(op);
}

}  // namespace faultline
