#include "checkers/linearizability/tightening.hpp"

#include <algorithm>
#include <utility>

#include "checkers/linearizability/problem.hpp"

namespace faultline {
namespace {

constexpr int kRounds = 16;  // to stop early only leaves more to the search
constexpr std::uint32_t kNone = UINT32_MAX;
constexpr std::uint32_t kSeveral = UINT32_MAX - 1;

class Tightening {
 public:
  Tightening(std::vector<Span>& spans, const std::vector<const ValueRule*>& rules,
             std::size_t values, const ObjectHistory::Freedom& freedom)
      : spans_(spans),
        rules_(rules),
        from_start_(values, false),
        maker_(values, kNone),
        leaver_(values, kNone) {
    for (std::uint32_t op = 0; op < spans_.size(); ++op) {
      const ValueRule& rule = *rules_[op];
      const std::uint32_t made = rule.made();
      if (made != kNoValue) maker_[made] = maker_[made] == kNone ? op : kSeveral;
    }
    for (const std::uint32_t value : freedom.jumps) maker_[value] = kSeveral;
    begins_with(0);
    for (const std::uint32_t value : freedom.starts) begins_with(value);
    index_needing(values);
  }

  std::optional<std::uint32_t> run() {
    for (std::uint32_t op = 0; op < spans_.size(); ++op) {
      if (!happened(op)) continue;
      const std::uint32_t value = rules_[op]->needs;
      if (value != kNoValue && maker_[value] == kNone) return op;
      touch(op);
    }
    for (int round = 0; round < kRounds; ++round) {
      while (!touched_.empty()) {
        const std::uint32_t op = touched_.back();
        touched_.pop_back();
        is_touched_[op] = false;
        if (const auto impossible = propagate(op)) return impossible;
      }
      for (std::uint32_t op = 0; op < spans_.size(); ++op) {
        if (happened(op) && spans_[op].begin > spans_[op].end) return spans_[op].cause;
      }
      if (const auto impossible = avoid_zones()) return impossible;
      if (touched_.empty()) break;
    }
    return std::nullopt;
  }

 private:
  void begins_with(std::uint32_t value) {
    from_start_[value] = from_start_[value] || maker_[value] == kNone;
    maker_[value] = kSeveral;  // the start, too
  }

  bool happened(std::uint32_t op) const {
    return spans_[op].end != Span::kNever && !spans_[op].optional;
  }
  // The op to blame if the two exclude each other.
  std::uint32_t later(std::uint32_t a, std::uint32_t b) const {
    return spans_[spans_[a].end > spans_[b].end ? a : b].cause;
  }

  // The ops that need each value, one after the other.
  void index_needing(std::size_t values) {
    first_.assign(values + 1, 0);
    for (const ValueRule* rule : rules_) {
      if (rule->needs != kNoValue) ++first_[rule->needs + 1];
    }
    for (std::size_t i = 0; i < values; ++i) first_[i + 1] += first_[i];
    needing_.resize(first_[values]);
    std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
    for (std::uint32_t op = 0; op < rules_.size(); ++op) {
      if (rules_[op]->needs != kNoValue) needing_[next[rules_[op]->needs]++] = op;
    }
    is_touched_.assign(spans_.size(), false);
    told_.assign(spans_.size(), {});
  }

  void touch(std::uint32_t op) {
    if (is_touched_[op]) return;
    is_touched_[op] = true;
    touched_.push_back(op);
  }

  // `before` is linearized before `after`; both happened.
  void order(std::uint32_t before, std::uint32_t after) {
    Span& b = spans_[before];
    Span& a = spans_[after];
    if (a.end < b.end) {
      b.end = a.end;
      b.cause = a.cause;
      touch(before);
    }
    if (std::exchange(b.optional, false)) touch(before);
    if (b.begin > a.begin) {
      a.begin = b.begin;
      touch(after);
    }
  }

  std::optional<std::uint32_t> propagate(std::uint32_t op) {
    const ValueRule& rule = *rules_[op];
    if (rule.needs != kNoValue && maker_[rule.needs] < kSeveral) {
      const std::uint32_t value = rule.needs;
      order(maker_[value], op);
      if (rule.makes != kNoValue && rule.makes != value && leaver_[value] != op) {
        if (leaver_[value] != kNone) return later(op, leaver_[value]);
        leaver_[value] = op;
      }
      if (leaver_[value] == op) {
        // Others that change see to it themselves, below.
        if (std::exchange(told_[op].end, spans_[op].end) != spans_[op].end) {
          for_each_needing(value, op, [&](std::uint32_t other) { order(other, op); });
        }
      } else if (leaver_[value] != kNone) {
        order(op, leaver_[value]);
      }
    }
    if (rule.makes != kNoValue && maker_[rule.makes] == op) {
      if (std::exchange(told_[op].begin, spans_[op].begin) != spans_[op].begin) {
        for_each_needing(rule.makes, op, [&](std::uint32_t other) { order(op, other); });
      }
    }
    return std::nullopt;
  }

  // From the first return to the last invocation of the ops that have to do with a value that is
  // made once, it is the state.
  struct Zone {
    std::uint32_t begin = Span::kNever;
    std::uint32_t end = 0;
    std::uint32_t value = 0;
    std::uint32_t last = 0;  // the op invoked last
  };

  std::vector<Zone> zones() const {
    std::vector<Zone> all(maker_.size());
    const auto add = [&](std::uint32_t op, std::uint32_t value) {
      if (value == kNoValue || (maker_[value] >= kSeveral && !from_start_[value])) return;
      Zone& zone = all[value];
      zone.value = value;
      zone.begin = from_start_[value] ? 0 : std::min(zone.begin, spans_[op].end);
      if (spans_[op].begin < zone.end) return;
      zone.end = spans_[op].begin;
      zone.last = op;
    };
    for (std::uint32_t op = 0; op < spans_.size(); ++op) {
      if (!happened(op)) continue;
      add(op, rules_[op]->needs);
      if (rules_[op]->makes != rules_[op]->needs) add(op, rules_[op]->makes);
    }
    std::erase_if(all, [](const Zone& zone) { return zone.begin >= zone.end; });
    std::sort(all.begin(), all.end(),
              [](const Zone& a, const Zone& b) { return a.begin < b.begin; });
    return all;
  }

  std::optional<std::uint32_t> avoid_zones() {
    const std::vector<Zone> all = zones();
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (all[i].begin < all[i - 1].end) return later(all[i].last, all[i - 1].last);
    }
    // The zone that `position` lies in, if any.
    const auto zone_at = [&all](std::uint32_t position) -> const Zone* {
      const auto after =
          std::upper_bound(all.begin(), all.end(), position,
                           [](std::uint32_t p, const Zone& zone) { return p < zone.begin; });
      if (after == all.begin() || std::prev(after)->end <= position) return nullptr;
      return &*std::prev(after);
    };
    for (std::uint32_t op = 0; op < spans_.size(); ++op) {
      if (!happened(op)) continue;
      const ValueRule& rule = *rules_[op];
      // A failed cas that excludes another value may lie within, and so may an op without a rule.
      const auto keeps_out = [&rule](const Zone& zone) {
        if (rule.needs == zone.value || rule.makes == zone.value) return false;
        return rule.needs != kNoValue || rule.makes != kNoValue || rule.excludes == zone.value;
      };
      Span& span = spans_[op];
      const Zone* at_begin = zone_at(span.begin);
      if (at_begin != nullptr && keeps_out(*at_begin)) {
        if (span.end <= at_begin->end) return later(op, at_begin->last);
        span.begin = at_begin->end;
        touch(op);
      }
      const Zone* at_end = zone_at(span.end);
      if (at_end != nullptr && at_end->begin < span.end && keeps_out(*at_end)) {
        if (span.begin >= at_end->begin) return later(op, at_end->last);
        span.end = at_end->begin;
        span.cause = spans_[at_end->last].cause;
        touch(op);
      }
    }
    return std::nullopt;
  }

  // Those that happened, but for `op`.
  template <class Visit>
  void for_each_needing(std::uint32_t value, std::uint32_t op, Visit visit) {
    for (std::uint32_t i = first_[value]; i < first_[value + 1]; ++i) {
      if (needing_[i] != op && happened(needing_[i])) visit(needing_[i]);
    }
  }

  struct Told {
    std::uint32_t begin = Span::kNever;
    std::uint32_t end = Span::kNever;
  };

  std::vector<Span>& spans_;
  const std::vector<const ValueRule*>& rules_;
  std::vector<bool> from_start_;       // per value, whether the start alone makes it
  std::vector<std::uint32_t> maker_;   // per value the only op that makes it, or kNone, kSeveral
  std::vector<std::uint32_t> leaver_;  // per value the completed op that leaves it
  std::vector<std::uint32_t> first_;   // per value, in needing_
  std::vector<std::uint32_t> needing_;
  std::vector<Told> told_;  // per op, what those that depend on it know of its span
  std::vector<std::uint32_t> touched_;
  std::vector<bool> is_touched_;
};

}  // namespace

std::optional<std::uint32_t> tighten(std::vector<Span>& spans,
                                     const std::vector<const ValueRule*>& rules, std::size_t values,
                                     const ObjectHistory::Freedom& freedom) {
  return Tightening(spans, rules, values, freedom).run();
}

}  // namespace faultline
