// The subset construction, on a bag whose crashed dequeues may have taken any item.
#include "checkers/models/nondeterministic.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "checkers/models/models.hpp"
#include "harness/core/rng.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kSeed = 20250902;
constexpr int kWalks = 3000;

// A state is the list of the items.
std::vector<Value> step_of_bag(const Value& state, const Call& call) {
  const Value::List items = state.items();
  if (call.f == Symbol::of("enqueue")) {
    Value::List more = items;
    more.push_back(call.argument);
    std::sort(more.begin(), more.end());
    return {Value(more)};
  }
  if (call.f == f::kRead)
    return Value(call.result.items()) == state ? std::vector{state} : std::vector<Value>{};
  if (items.empty() && call.outcome == Outcome::ok && call.result.is_nothing()) return {state};
  std::vector<Value> all;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (call.outcome == Outcome::ok && items[i] != call.result) continue;
    Value::List rest = items;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    all.emplace_back(rest);
  }
  return all;
}

Result<Value> parse_empty(std::string_view) {
  return Value(Value::List());
}

Model plain_bag() {
  const Model& bag = *find_model("bag");
  return models::determinize<step_of_bag, parse_empty>(
      {.name = "plain-bag", .functions = bag.functions, .prepare = bag.prepare});
}

Call some_call(Rng& rng) {
  const auto item = static_cast<std::int64_t>(rng.below(4));
  const std::uint64_t choice = rng.below(10);
  if (choice < 5) return {Symbol::of("enqueue"), Value(item), {}, Outcome::ok};
  if (choice < 7) return {Symbol::of("dequeue"), {}, {}, Outcome::unknown};
  if (choice < 9) {
    const bool empty = rng.chance(1, 8);
    return {Symbol::of("dequeue"), {}, empty ? Value() : Value(item), Outcome::ok};
  }
  Value::List all;
  for (std::int64_t value = 0; value < 4; ++value) {
    const std::uint64_t copies = rng.below(3);
    for (std::uint64_t i = 0; i < copies; ++i) all.emplace_back(value);
  }
  return {f::kRead, {}, Value(std::move(all)), Outcome::ok};
}

// The bag keeps open what a crashed dequeue took; here every possibility is a state. Both must
// allow the same calls.
TEST(Nondeterministic, TheBagAllowsWhatTheSubsetConstructionAllows) {
  const Model& bag = *find_model("bag");
  const Model plain = plain_bag();
  Rng rng(kSeed);
  int legal = 0;
  int illegal = 0;
  for (int walk = 0; walk < kWalks; ++walk) {
    Value kept = *bag.parse_initial("empty");
    Value each = *plain.parse_initial("empty");
    for (int i = 0; i < 30; ++i) {
      const Call call = bag.prepare(some_call(rng), {});
      const auto next = bag.step(kept, call);
      const auto next_of_each = plain.step(each, call);
      ASSERT_EQ(next.has_value(), next_of_each.has_value())
          << "seed " << kSeed << ", walk " << walk << ", call " << i << ": "
          << bag.describe(call).label << " in " << bag.show_state(kept) << ", that is "
          << plain.show_state(each);
      (next ? legal : illegal) += 1;
      if (!next) continue;
      kept = *next;
      each = *next_of_each;
    }
  }
  EXPECT_GT(legal, kWalks * 5);
  EXPECT_GT(illegal, kWalks * 5);
}

TEST(Nondeterministic, AStateIsASet) {
  const Model plain = plain_bag();
  Value state = *plain.parse_initial("empty");
  for (int item : {2, 1, 2}) {
    state = *plain.step(state, {Symbol::of("enqueue"), item, {}, Outcome::ok});
  }
  EXPECT_EQ(plain.show_state(state), "[1 2 2]");
  state = *plain.step(state, {Symbol::of("dequeue"), {}, {}, Outcome::unknown});
  EXPECT_EQ(plain.show_state(state), "[1 2]|[2 2]");
  EXPECT_EQ(plain.show_state(*plain.step(state, {Symbol::of("dequeue"), {}, 2, Outcome::ok})),
            "[1]|[2]");
  EXPECT_FALSE(plain.step(state, {Symbol::of("dequeue"), {}, 3, Outcome::ok}));
}

}  // namespace
}  // namespace faultline
