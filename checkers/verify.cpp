#include "checkers/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "checkers/brute_force.hpp"

namespace faultline {
namespace {

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

// An op of one object that counts, as its model sees it.
struct Attempt {
  Call call;
  std::size_t invoked = 0;
  std::size_t returned = kNever;  // kNever: it crashed
};
using Attempts = std::map<std::size_t, Attempt>;  // by invocation

// Pairs invocations and completions, for each key.
class Reader {
 public:
  Reader(const History& history, const Model& model, const Evidence& evidence)
      : history_(history), model_(model) {
    options_.nil_read_unconstrained = evidence.nil_read_unconstrained;
  }

  OpResult<std::map<Value, Attempts>> read() {
    std::map<Process, std::size_t> open;
    std::map<Value, Attempts> keys;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const Op& op = history_[i];
      if (op.is_nemesis()) continue;
      if (op.type == OpType::invoke) {
        open[op.process] = i;
        keys[op.key].try_emplace(keys[op.key].end(), i, Attempt{{}, i, kNever});
        continue;
      }
      const auto at = open.find(op.process);
      if (at == open.end()) continue;
      const std::size_t invoked = at->second;
      open.erase(at);
      if (op.type == OpType::info) continue;
      Attempts& attempts = keys[history_[invoked].key];
      const bool observed = op.f == model_.mismatch_f && op.error == kMismatch;
      if (op.type == OpType::fail && !observed) {
        attempts.erase(invoked);
      } else {
        attempts[invoked].returned = i;
      }
    }
    for (auto& [key, attempts] : keys) {
      for (auto& [invoked, attempt] : attempts) {
        attempt = this->attempt(invoked, attempt.returned);
        if (misfit_) return *misfit_;
      }
    }
    return keys;
  }

 private:
  Attempt attempt(std::size_t invoked, std::size_t returned) {
    const Op& op = history_[invoked];
    if (std::find(model_.functions.begin(), model_.functions.end(), op.f.name()) ==
        model_.functions.end()) {
      misfit_ = OpError{invoked, fmt::format("the model {} does not know it", model_.name)};
    }
    Call call{.f = op.f, .argument = op.value, .result = {}, .outcome = Outcome::unknown};
    if (model_.by_process && call.argument.is_nothing()) call.argument = Value(op.process);
    if (returned != kNever) {
      const Op& completed = history_[returned];
      call.outcome = completed.type == OpType::fail ? Outcome::mismatch : Outcome::ok;
      call.result = completed.value;
      if (call.argument.is_nothing()) call.argument = completed.value;
    }
    if (const auto wrong = model_.validate(call)) misfit_ = OpError{invoked, *wrong};
    if (misfit_) return {};
    return {model_.prepare(std::move(call), options_), invoked, returned};
  }

  const History& history_;
  const Model& model_;
  ModelOptions options_;
  std::optional<OpError> misfit_;
};

// Why `order` is no linearization; empty if it is one.
std::string fault_of_linearization(const Attempts& attempts, const Model& model,
                                   const Value& initial, const std::vector<std::size_t>& order) {
  std::set<std::size_t> done;
  Value state = initial;
  for (const std::size_t invoked : order) {
    const auto at = attempts.find(invoked);
    if (at == attempts.end()) return fmt::format("op {} is none of this key", invoked);
    if (!done.insert(invoked).second) return fmt::format("op {} is there twice", invoked);
    auto next = model.step(state, at->second.call);
    if (!next) {
      return fmt::format("op {} ({}) is not legal in the state {}", invoked,
                         model.describe(at->second.call).label, model.show_state(state));
    }
    state = std::move(*next);
  }
  for (const auto& [invoked, attempt] : attempts) {
    if (attempt.returned != kNever && !done.contains(invoked)) {
      return fmt::format("op {}, which completed, is missing", invoked);
    }
  }
  std::size_t first_return = kNever;  // of what comes later in the order
  for (std::size_t i = order.size(); i-- > 0;) {
    if (first_return < order[i]) {
      return fmt::format("op {} comes before an op that had returned when it was invoked",
                         order[i]);
    }
    first_return = std::min(first_return, attempts.at(order[i]).returned);
  }
  return {};
}

class CoreVerifier {
 public:
  CoreVerifier(const Attempts& attempts, const Model& model, const Value& initial, const Core& core)
      : attempts_(attempts), model_(model), initial_(initial), core_(core) {
    has_effects_ = model.value_effect != nullptr &&
                   std::all_of(attempts.begin(), attempts.end(), [&](const auto& entry) {
                     return model.value_effect(entry.second.call).has_value();
                   });
    for (const auto& [invoked, attempt] : attempts) {
      if (invoked >= core.to || attempt.returned < core.from) continue;
      const bool pure_crash = attempt.returned == kNever && model.pure(attempt.call);
      if (pure_crash) continue;
      in_view_.push_back(&attempt);
      if (model.item != nullptr && is_kept(attempt)) kept_items_.insert(model.item(attempt.call));
    }
    all_used_up_ = all_kept_are_used_up();
  }

  // Why it is none; empty if what it leaves out may be left out.
  std::string fault() {
    if (core_.from > 0 && !has_effects_) return "it has no beginning, but states are no values";
    for (const std::size_t invoked : core_.ops) {
      const bool there = std::any_of(in_view_.begin(), in_view_.end(), [&](const Attempt* attempt) {
        return attempt->invoked == invoked;
      });
      if (!there) return fmt::format("op {} is none of this key, or not in view", invoked);
    }
    for (const Attempt* attempt : in_view_) {
      if (!is_kept(*attempt) && !may_be_left_out(*attempt)) {
        return fmt::format("op {} ({}) must not be left out", attempt->invoked,
                           model_.describe(attempt->call).label);
      }
    }
    return {};
  }

  // Whether the effects of what is kept are what the model's step does; empty if so.
  std::string fault_of_effects() const {
    if (!has_effects_) return {};
    std::set<Value> values = {initial_};
    std::vector<const Attempt*> kept;
    for (const Attempt* attempt : in_view_) {
      if (!is_kept(*attempt)) continue;
      kept.push_back(attempt);
      const ValueEffect effect = *model_.value_effect(attempt->call);
      for (const auto& value : {effect.needs, effect.excludes, effect.makes}) {
        if (value) values.insert(*value);
      }
    }
    for (const Attempt* attempt : kept) {
      const ValueEffect effect = *model_.value_effect(attempt->call);
      for (const Value& state : values) {
        const bool legal = (!effect.needs || *effect.needs == state) && effect.excludes != state;
        const std::optional<Value> next =
            legal ? effect.makes.value_or(state) : std::optional<Value>();
        if (model_.step(state, attempt->call) != next) {
          return fmt::format("the model contradicts itself about op {} in the state {}",
                             attempt->invoked, model_.show_state(state));
        }
      }
    }
    return {};
  }

  std::optional<bool> linearizable(std::uint64_t effort) {
    Kept kept;
    for (const Attempt* attempt : in_view_) {
      if (!is_kept(*attempt)) continue;
      const bool is_open = attempt->returned >= core_.to;
      kept.ops.push_back({kept.calls.size(), attempt->invoked, is_open ? kNever : attempt->returned,
                          is_open || attempt->invoked < core_.from});
      kept.calls.push_back(attempt->call);
    }
    if (!has_effects_) {
      kept.starts = {0};
      ModelSteps steps(model_, initial_);
      return BruteForce(kept, steps, effort).linearizable();
    }
    EffectSteps steps(model_, kept.calls);
    free_values(steps, kept);
    return BruteForce(kept, steps, effort).linearizable();
  }

 private:
  bool is_kept(const Attempt& attempt) const {
    return std::binary_search(core_.ops.begin(), core_.ops.end(), attempt.invoked);
  }

  bool may_be_left_out(const Attempt& attempt) const {
    if (has_effects_ || model_.pure(attempt.call)) return true;
    if (model_.item == nullptr || !initial_.items().empty()) return false;
    const auto item = model_.item(attempt.call);
    if (!item || kept_items_.contains(std::nullopt)) return false;
    if (item->is_nothing()) return all_used_up_ && may_have_taken_any(attempt);
    return !kept_items_.contains(item);
  }

  bool may_have_taken_any(const Attempt& attempt) const {
    const ItemEffect effect = model_.item_effect(attempt.call);
    return attempt.returned == kNever && effect.kind == ItemEffect::Kind::remove_if_there &&
           effect.item == nullptr;
  }

  // At some place at or after the end of the view nothing is left of an item that is kept, for a
  // crashed remove to have taken; and so it is for all of them.
  bool all_kept_are_used_up() const {
    if (has_effects_ || model_.item == nullptr || model_.item_effect == nullptr) return false;
    const std::size_t horizon = first_unclear();
    if (horizon < core_.to) return false;
    std::map<Value, std::map<std::size_t, int>> changes;  // by item and place
    for (const auto& [invoked, attempt] : attempts_) {
      const ItemEffect effect = model_.item_effect(attempt.call);
      const bool adds = effect.kind == ItemEffect::Kind::add;
      const bool took = effect.kind == ItemEffect::Kind::remove && attempt.returned != kNever;
      const std::size_t place = adds ? invoked : attempt.returned;
      if ((adds || took) && place < horizon) changes[*effect.item][place] = adds ? 1 : -1;
    }
    return std::all_of(kept_items_.begin(), kept_items_.end(),
                       [&](const auto& item) { return item && is_used_up(changes[*item]); });
  }

  // Where the first op was invoked of which the model does not tell what it adds and removes.
  std::size_t first_unclear() const {
    for (const auto& [invoked, attempt] : attempts_) {
      if (model_.pure(attempt.call) || may_have_taken_any(attempt)) continue;
      const ItemEffect effect = model_.item_effect(attempt.call);
      const bool clear = effect.kind != ItemEffect::Kind::other && effect.item != nullptr &&
                         model_.item(attempt.call) == *effect.item;
      if (!clear) return invoked;
    }
    return kNever;
  }

  bool is_used_up(const std::map<std::size_t, int>& changes) const {
    int left = 0;
    for (const auto& [place, change] : changes) {
      if (place >= core_.to && left <= 0) return true;
      left += change;
    }
    return left <= 0;
  }

  void free_values(const EffectSteps& steps, Kept& kept) const {
    kept.starts = {steps.number(initial_)};
    if (core_.from > 0) kept.starts.insert(steps.other());
    for (const auto& [invoked, attempt] : attempts_) {
      const auto made = made_by(attempt);
      if (made && invoked < core_.from) kept.starts.insert(steps.number(*made));
    }
    for (const Attempt* attempt : in_view_) {
      const auto made = made_by(*attempt);
      if (made && !is_kept(*attempt)) kept.jumps.insert(steps.number(*made));
    }
  }

  // The value that it turns another into.
  std::optional<Value> made_by(const Attempt& attempt) const {
    const ValueEffect effect = *model_.value_effect(attempt.call);
    return effect.makes == effect.needs ? std::nullopt : effect.makes;
  }

  const Attempts& attempts_;
  const Model& model_;
  const Value& initial_;
  const Core& core_;
  bool has_effects_ = false;
  std::vector<const Attempt*> in_view_;
  std::set<std::optional<Value>> kept_items_;  // nullopt: an op that tells of every item
  bool all_used_up_ = false;                   // of the items that are kept
};

void verify_core(const Attempts& attempts, const Model& model, const Value& initial,
                 const Core& core, std::uint64_t effort, Verification& verification) {
  CoreVerifier verifier(attempts, model, initial, core);
  verification.what = verifier.fault();
  if (verification.what.empty()) verification.what = verifier.fault_of_effects();
  if (!verification.what.empty()) {
    verification.proof = Proof::fails;
    return;
  }
  const auto linearizable = verifier.linearizable(effort);
  if (!linearizable) {
    verification.what = "it is too large to be checked by brute force";
  } else if (*linearizable) {
    verification.proof = Proof::fails;
    verification.what = "what it keeps is linearizable";
  } else {
    verification.proof = Proof::holds;
  }
}

Verification verify_part(const Attempts& attempts, const Model& model, const Value& initial,
                         const Evidence::Part& part, std::uint64_t effort) {
  Verification verification{part.key, part.verdict, Proof::missing, 0, part.reason};
  if (part.verdict == Verdict::valid) {
    verification.ops = part.linearization.size();
    verification.what = fault_of_linearization(attempts, model, initial, part.linearization);
    verification.proof = verification.what.empty() ? Proof::holds : Proof::fails;
  } else if (part.verdict == Verdict::invalid && part.core) {
    verification.ops = part.core->ops.size();
    verify_core(attempts, model, initial, *part.core, effort, verification);
  }
  return verification;
}

// Evidence may name a state that is none of the model's, of which its functions know nothing.
bool is_state(const Model& model, const Attempts& attempts, const Value& state) {
  try {
    (void)model.show_state(state);
    for (const auto& [invoked, attempt] : attempts) (void)model.step(state, attempt.call);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

OpResult<std::vector<Verification>> verify(const History& history, const Model& model,
                                           const Evidence& evidence, std::uint64_t effort) {
  auto keys = Reader(history, model, evidence).read();
  if (!keys) return keys.error();
  std::vector<Verification> all;
  for (const Evidence::Part& part : evidence.parts) {
    const auto attempts = keys->find(part.key);
    if (attempts == keys->end()) {
      all.push_back({part.key, part.verdict, Proof::fails, 0, "the history has no such key"});
      continue;
    }
    if (is_state(model, attempts->second, evidence.initial)) {
      all.push_back(verify_part(attempts->second, model, evidence.initial, part, effort));
    } else {
      all.push_back({part.key, part.verdict, Proof::fails, 0,
                     "the initial state that it names is none of the model"});
    }
    keys->erase(attempts);
  }
  for (const auto& [key, unmentioned] : *keys) {
    all.push_back({key, Verdict::unknown, Proof::missing, 0, "there is no evidence for this key"});
  }
  return all;
}

}  // namespace faultline
