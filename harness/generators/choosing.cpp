#include <boost/container/small_vector.hpp>

#include "harness/generators/generators.hpp"
#include "harness/generators/shared_array.hpp"
#include "harness/generators/soonest.hpp"

namespace faultline::gen {
namespace {

using Parts = SharedArray<Gen>;  // null: exhausted

Parts parts_of(const Gens& gens) {
  Parts parts(gens.size(), nullptr);
  for (std::size_t i = 0; i < gens.size(); ++i) parts.set(i, gens[i]);
  return parts;
}

// Tells every part of `event`. True if any of them changed.
bool update_all(Parts& parts, const Context& context, const Op& event) {
  bool changed = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i]) continue;
    Gen updated = faultline::update(parts[i], context, event);
    if (updated == parts[i]) continue;
    parts.set(i, std::move(updated));
    changed = true;
  }
  return changed;
}

bool all_exhausted(const Parts& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i]) return false;
  }
  return true;
}

class Any final : public Generator {
 public:
  enum class Ends { with_the_last, with_the_first };
  Any(Parts parts, Ends ends) : parts_(std::move(parts)), ends_(ends) {}

  Next next(const Gen& self, const Context& context) const override {
    boost::container::small_vector<std::size_t, 8> order;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (parts_[i]) order.push_back(i);
    }
    Soonest soonest(context.time);
    Parts parts = parts_;
    bool changed = false;
    bool one_ended = false;
    for (std::size_t n = order.size(); n > 0; --n) {
      // Whoever ends with the first must ask them all; the others stop at the first op due now.
      if (ends_ == Ends::with_the_last && soonest.is_settled()) break;
      std::swap(order[n - 1], order[n == 1 ? 0 : context.rng().below(n)]);
      const std::size_t i = order[n - 1];
      Next answer = faultline::next(parts_[i], context);
      if (answer.kind == Next::Kind::done) one_ended = true;
      if (answer.kind != Next::Kind::op && answer.rest != parts_[i]) {
        parts.set(i, answer.rest);
        changed = true;
      }
      soonest.offer(i, std::move(answer));
    }
    if (one_ended && ends_ == Ends::with_the_first) return Next::finished();
    return answer(self, soonest, std::move(parts), changed);
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    Parts parts = parts_;
    if (!update_all(parts, context, event)) return self;
    return make(std::move(parts));
  }

 private:
  Next answer(const Gen& self, Soonest& soonest, Parts parts, bool changed) const {
    if (soonest.has_op()) {
      Next& best = soonest.best();
      const std::size_t i = soonest.index();
      if (!changed && best.rest == parts[i]) {
        best.rest = self;
      } else {
        parts.set(i, std::move(best.rest));
        best.rest = make(std::move(parts));
      }
      return std::move(best);
    }
    if (!soonest.is_pending()) return Next::finished();
    return Next::wait(changed ? make(std::move(parts)) : self, soonest.wake());
  }

  Gen make(Parts parts) const {
    bool ended = all_exhausted(parts);
    for (std::size_t i = 0; ends_ == Ends::with_the_first && i < parts.size(); ++i) {
      ended = ended || !parts[i];
    }
    return ended ? nullptr : std::make_shared<Any>(std::move(parts), ends_);
  }

  Parts parts_;
  Ends ends_;
};

class Mix final : public Generator {
 public:
  using Weights = boost::container::small_vector<std::uint32_t, 8>;  // 0: exhausted
  static constexpr std::size_t kNotDrawn = static_cast<std::size_t>(-1);

  Mix(Parts parts, std::shared_ptr<const Weights> weights, std::size_t turn)
      : parts_(std::move(parts)), weights_(std::move(weights)), turn_(turn) {}

  Next next(const Gen& self, const Context& context) const override {
    Weights left = *weights_;  // of those not asked yet
    Parts parts = parts_;
    bool changed = false;
    Time wake = kNever;
    std::size_t waiting = kNotDrawn;  // whose turn it is, but who cannot take it yet
    for (std::size_t i = turn_ == kNotDrawn ? draw(left, context) : turn_; i != kNotDrawn;
         i = draw(left, context)) {
      left[i] = 0;
      Next n = faultline::next(parts_[i], context);
      if (n.kind == Next::Kind::op && n.op.time <= wake) {
        if (n.rest != parts[i]) parts.set(i, std::move(n.rest));
        n.rest = after_op(std::move(parts), waiting, context);
        return n;
      }
      // An op later than somebody's wake is left: that one may then have a sooner op.
      if (n.kind != Next::Kind::done && waiting == kNotDrawn) waiting = i;
      if (n.kind == Next::Kind::op) continue;
      if (n.kind == Next::Kind::pending) wake = std::min(wake, n.wake);
      if (n.rest == parts[i]) continue;
      parts.set(i, std::move(n.rest));
      changed = true;
    }
    if (waiting == kNotDrawn) return Next::finished();
    if (!changed && waiting == turn_) return Next::wait(self, wake);
    return Next::wait(make(std::move(parts), waiting), wake);
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    Parts parts = parts_;
    if (!update_all(parts, context, event)) return self;
    return make(std::move(parts), turn_);
  }

 private:
  static std::size_t draw(const Weights& weights, const Context& context) {
    std::uint64_t total = 0;
    for (const auto w : weights) total += w;
    if (total == 0) return kNotDrawn;
    return context.rng().weighted({weights.data(), weights.size()});
  }

  // The next turn is drawn now, not when asked, or else asking often would favour the sooner op.
  Gen after_op(Parts parts, std::size_t waiting, const Context& context) const {
    auto weights = weights_left(parts);
    if (waiting == kNotDrawn) waiting = draw(*weights, context);
    if (waiting == kNotDrawn) return nullptr;
    return std::make_shared<Mix>(std::move(parts), std::move(weights), waiting);
  }

  Gen make(Parts parts, std::size_t turn) const {
    auto weights = weights_left(parts);
    if (turn != kNotDrawn && !parts[turn]) turn = kNotDrawn;
    if (all_exhausted(parts)) return nullptr;
    return std::make_shared<Mix>(std::move(parts), std::move(weights), turn);
  }

  std::shared_ptr<const Weights> weights_left(const Parts& parts) const {
    std::shared_ptr<Weights> copy;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i] || (*weights_)[i] == 0) continue;
      if (!copy) copy = std::make_shared<Weights>(*weights_);
      (*copy)[i] = 0;
    }
    return copy ? copy : weights_;
  }

  Parts parts_;
  std::shared_ptr<const Weights> weights_;
  std::size_t turn_;
};

class FlipFlop final : public Generator {
 public:
  FlipFlop(Gen now, Gen other) : now_(std::move(now)), other_(std::move(other)) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(now_, context);
    if (n.kind == Next::Kind::op) {
      n.rest = std::make_shared<FlipFlop>(other_, std::move(n.rest));
    } else if (n.kind == Next::Kind::pending && n.rest != now_) {
      n.rest = std::make_shared<FlipFlop>(std::move(n.rest), other_);
    } else if (n.kind == Next::Kind::pending) {
      n.rest = self;
    }
    return n;
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    Gen now = faultline::update(now_, context, event);
    Gen other = faultline::update(other_, context, event);
    if (now == now_ && other == other_) return self;
    return std::make_shared<FlipFlop>(std::move(now), std::move(other));
  }

 private:
  Gen now_;
  Gen other_;
};

}  // namespace

Gen weighted_mix(std::vector<std::pair<std::uint32_t, Gen>> choices) {
  std::erase_if(choices, [](const auto& choice) { return choice.first == 0 || !choice.second; });
  if (choices.empty()) return nullptr;
  Gens gens;
  auto weights = std::make_shared<Mix::Weights>();
  for (auto& [weight, gen] : choices) {
    weights->push_back(weight);
    gens.push_back(std::move(gen));
  }
  return std::make_shared<Mix>(parts_of(gens), std::move(weights), Mix::kNotDrawn);
}

Gen mix(Gens gens) {
  std::vector<std::pair<std::uint32_t, Gen>> choices;
  for (Gen& gen : gens) choices.emplace_back(1, std::move(gen));
  return weighted_mix(std::move(choices));
}

Gen any(Gens gens) {
  std::erase(gens, nullptr);
  if (gens.empty()) return nullptr;
  if (gens.size() == 1) return gens.front();
  return std::make_shared<Any>(parts_of(gens), Any::Ends::with_the_last);
}

Gen shortest_any(const Gens& gens) {
  for (const Gen& gen : gens) {
    if (!gen) return nullptr;
  }
  if (gens.empty()) return nullptr;
  return std::make_shared<Any>(parts_of(gens), Any::Ends::with_the_first);
}

Gen flip_flop(Gen a, Gen b) {
  return std::make_shared<FlipFlop>(std::move(a), std::move(b));
}

}  // namespace faultline::gen
