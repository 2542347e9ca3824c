#include "checkers/linearizability/problem.hpp"

#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <utility>

#include "checkers/linearizability/tightening.hpp"

namespace faultline {

namespace {

class Compiler {
 public:
  Compiler(const ObjectHistory& object, const Model& model, const Reductions& reductions)
      : object_(object), model_(model), reductions_(reductions), rules_(object.rules) {}

  Problem compile() {
    problem_.object = &object_;
    add_ops();
    if (object_.has_rules()) problem_.rules.emplace();
    if (problem_.rules && reductions_.merge_values && !object_.freedom) merge_unobserved();
    if (problem_.rules && reductions_.tighten) tighten_spans();
    if (problem_.impossible) return std::move(problem_);  // nothing to search
    find_kinds();
    join_crash_classes();
    order_events();
    assign_slots();
    if (problem_.rules) index_uses();
    if (!problem_.rules && model_.distance != nullptr) find_sights();
    return std::move(problem_);
  }

 private:
  void add_ops() {
    problem_.ops.resize(object_.ops.size());
    spans_.reserve(object_.ops.size());
    for (std::uint32_t i = 0; i < object_.ops.size(); ++i) {
      const ObjectHistory::Op& op = object_.ops[i];
      spans_.push_back({op.invoked, op.returned, i, op.optional});
      problem_.ops[i].crashed = op.crashed();
      problem_.ops[i].optional = op.optional;
    }
  }

  // Values that no call needs or excludes cannot be told apart: they become one. (A legal order of
  // the merged ops is legal for the real ones and the other way round: no step looks at them.)
  void merge_unobserved() {
    std::vector<std::uint8_t> observed(object_.values.size(), 0);
    observed[0] = 1;  // the initial state keeps its number
    for (const ValueRule& rule : rules_) {
      if (rule.needs != kNoValue) observed[rule.needs] = 1;
      if (rule.excludes != kNoValue) observed[rule.excludes] = 1;
    }
    std::uint32_t unobserved = kNoValue;  // the number of all of them
    for (ValueRule& rule : rules_) {
      if (rule.makes == kNoValue || observed[rule.makes] != 0) continue;
      if (unobserved == kNoValue) unobserved = rule.makes;
      rule.makes = unobserved;
    }
  }

  void tighten_spans() {
    std::vector<const ValueRule*> rules;
    rules.reserve(object_.ops.size());
    for (const ObjectHistory::Op& op : object_.ops) rules.push_back(&rules_[op.call]);
    problem_.impossible = tighten(spans_, rules, object_.values.size(),
                                  object_.freedom.value_or(ObjectHistory::Freedom()));
    for (std::size_t op = 0; op < spans_.size(); ++op) {
      problem_.ops[op].crashed = spans_[op].end == Span::kNever;
      problem_.ops[op].optional = spans_[op].optional;
    }
  }

  // Calls of the same effect are of one kind.
  void find_kinds() {
    std::vector<std::uint32_t> kind_of_call(object_.calls.size());
    boost::unordered_flat_map<ValueRule, std::uint32_t, boost::hash<ValueRule>> numbers;
    for (std::uint32_t call = 0; call < object_.calls.size(); ++call) {
      const auto next = static_cast<std::uint32_t>(problem_.kinds.size());
      std::uint32_t kind = next;
      if (problem_.rules) kind = numbers.try_emplace(rules_[call], next).first->second;
      kind_of_call[call] = kind;
      if (kind != next) continue;
      problem_.kinds.push_back(call);
      problem_.pure.push_back(model_.pure(object_.calls[call]) ? 1 : 0);
      if (problem_.rules) problem_.rules->kinds.push_back(rules_[call]);
    }
    for (std::size_t i = 0; i < problem_.ops.size(); ++i) {
      problem_.ops[i].kind = kind_of_call[object_.ops[i].call];
    }
  }

  void join_crash_classes() {
    auto& classes = problem_.crash_classes;
    std::vector<std::uint32_t> class_of_kind(problem_.kinds.size(), kNoClass);
    for (std::uint32_t index = 0; index < problem_.ops.size(); ++index) {
      Problem::Op& op = problem_.ops[index];
      if (!op.crashed) continue;
      std::uint32_t& joined = class_of_kind[op.kind];
      // Without symmetry every crashed op is a class of its own.
      if (joined == kNoClass || !reductions_.symmetry) {
        joined = static_cast<std::uint32_t>(classes.size());
        classes.emplace_back();
      }
      op.slot = joined;
      classes[joined].push_back(index);
    }
  }

  void order_events() {
    const auto& ops = problem_.ops;
    std::vector<std::pair<std::uint32_t, Problem::Event>> events;
    events.reserve(2 * ops.size());
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      events.push_back({spans_[op].begin, {op, false, op}});
      if (!ops[op].crashed) events.push_back({spans_[op].end, {op, true, spans_[op].cause}});
    }
    std::stable_sort(events.begin(), events.end(),
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
    for (std::uint32_t i = 0; i < problem_.events.size(); ++i) {
      const Problem::Event& event = problem_.events[i];
      (event.is_return ? ops[event.op].returns : ops[event.op].invoked) = i;
    }
    const auto returns_before = [&](std::uint32_t a, std::uint32_t b) {
      return ops[a].returns < ops[b].returns;
    };
    for (const Problem::Event& event : problem_.events) {
      Problem::Op& op = ops[event.op];
      if (op.crashed) continue;
      if (event.is_return) {
        open.erase(open.begin());  // the head is the one that returns next
        const auto at =
            std::lower_bound(free_slots.begin(), free_slots.end(), op.slot, std::greater<>());
        free_slots.insert(at, op.slot);
        continue;
      }
      const auto at = std::lower_bound(open.begin(), open.end(), event.op, returns_before);
      op.after = at == open.begin() ? problem_.sentinel() : *std::prev(at);
      open.insert(at, event.op);
      if (free_slots.empty()) {
        op.slot = static_cast<std::uint32_t>(problem_.slots++);
      } else {
        op.slot = free_slots.back();
        free_slots.pop_back();
      }
    }
  }

  void find_sights() {
    Sights sights;
    std::vector<std::pair<std::uint32_t, Value>> makers;  // and what each makes
    for (std::uint32_t op = 0; op < object_.ops.size(); ++op) {
      const Call& call = object_.call_of(op);
      const auto effect = model_.value_effect == nullptr ? std::nullopt : model_.value_effect(call);
      if (effect && effect->makes) makers.emplace_back(op, *effect->makes);
    }
    // It only helps the search, and is not worth more than the search may cost.
    constexpr std::size_t kMostPairs = 1 << 22;
    if (makers.size() * object_.ops.size() > kMostPairs) return;
    sights.makers.resize(object_.ops.size());
    for (std::uint32_t op = 0; op < object_.ops.size(); ++op) {
      if (!is_sight(op)) continue;
      for (const auto& [maker, made] : makers) {
        if (model_.distance(made, object_.call_of(op))) sights.makers[op].push_back(maker);
      }
    }
    sights.next.resize(problem_.events.size() + 1, problem_.sentinel());
    for (std::size_t i = problem_.events.size(); i-- > 0;) {
      const Problem::Event& event = problem_.events[i];
      const bool here = !event.is_return && is_sight(event.op);
      sights.next[i] = here ? event.op : sights.next[i + 1];
    }
    problem_.sights = std::move(sights);
  }

  bool is_sight(std::uint32_t op) const {
    return !problem_.ops[op].crashed && problem_.pure[problem_.ops[op].kind] != 0;
  }

  void index_uses() {
    ValueRules& rules = *problem_.rules;
    rules.uses.resize(object_.values.size());
    for (std::uint32_t i = 0; i < problem_.events.size(); ++i) {
      const Problem::Event& event = problem_.events[i];
      if (event.is_return) continue;
      const Problem::Op& op = problem_.ops[event.op];
      const ValueRule& rule = rules.kinds[op.kind];
      if (rule.needs != kNoValue && !op.crashed && !op.optional) {
        rules.uses[rule.needs].needers.push_back(i);
        rules.uses[rule.needs].returns.push_back(op.returns);
      }
      const std::uint32_t made = rule.made();
      if (made != kNoValue) rules.uses[made].makers.push_back(i);
    }
    for (ValueRules::Use& use : rules.uses) {
      for (std::size_t i = use.returns.size(); i-- > 1;) {
        use.returns[i - 1] = std::min(use.returns[i - 1], use.returns[i]);
      }
    }
    for (std::uint32_t c = 0; c < problem_.crash_classes.size(); ++c) {
      const ValueRule& rule = rule_of_class(c);
      if (rule.makes != kNoValue) rules.uses[rule.makes].crashed_makers.push_back(c);
      if (rule.needs != kNoValue) rules.uses[rule.needs].crashed_needing.push_back(c);
    }
    if (object_.freedom) {
      for (const std::uint32_t value : object_.freedom->jumps) rules.uses[value].free = true;
    }
    find_useful_values();
    for (std::uint32_t c = 0; c < problem_.crash_classes.size(); ++c) {
      const ValueRule& rule = rule_of_class(c);
      if (rule.needs != kNoValue) continue;
      (rules.is_useful(rule) ? rules.crashed_writes : rules.crashed_escapes).push_back(c);
    }
  }

  void find_useful_values() {
    ValueRules& rules = *problem_.rules;
    std::vector<std::uint32_t> found;
    for (const Problem::Op& op : problem_.ops) {
      const std::uint32_t needs = rules.kinds[op.kind].needs;
      if (op.crashed || needs == kNoValue) continue;
      if (!std::exchange(rules.uses[needs].useful, true)) found.push_back(needs);
    }
    while (!found.empty()) {
      const std::uint32_t value = found.back();
      found.pop_back();
      for (const std::uint32_t c : rules.uses[value].crashed_makers) {
        const std::uint32_t needs = rule_of_class(c).needs;
        if (needs == kNoValue || std::exchange(rules.uses[needs].useful, true)) continue;
        found.push_back(needs);
      }
    }
  }

  const ValueRule& rule_of_class(std::uint32_t crash_class) const {
    const std::uint32_t op = problem_.crash_classes[crash_class].front();
    return problem_.rules->kinds[problem_.ops[op].kind];
  }

  static constexpr std::uint32_t kNoClass = UINT32_MAX;

  const ObjectHistory& object_;
  const Model& model_;
  const Reductions& reductions_;
  std::vector<ValueRule> rules_;  // of the object's calls, unobserved values merged
  Problem problem_;
  std::vector<Span> spans_;  // per op
};

}  // namespace

std::uint32_t ValueRules::Use::made_again(std::uint32_t position) const {
  const auto next = std::lower_bound(makers.begin(), makers.end(), position);
  return next == makers.end() ? UINT32_MAX : *next;
}

std::uint32_t ValueRules::Use::needed_by(std::uint32_t position) const {
  const auto next = std::lower_bound(needers.begin(), needers.end(), position);
  return next == needers.end() ? UINT32_MAX
                               : returns[static_cast<std::size_t>(next - needers.begin())];
}

Problem compile(const ObjectHistory& object, const Model& model, const Reductions& reductions) {
  return Compiler(object, model, reductions).compile();
}

}  // namespace faultline
