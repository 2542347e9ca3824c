// The last part of a key on its own: a violation in it is one of the whole.
#include "checkers/linearizability/last_part.hpp"

#include <gtest/gtest.h>

#include "checkers/models/models.hpp"
#include "tests/checkers/closed_loop.hpp"
#include "tests/checkers/history_builder.hpp"
#include "tests/checkers/naive.hpp"
#include "tests/checkers/random_history.hpp"
#include "tests/checkers/settings.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kHistories = 3000;  // of each model, unless FAULTLINE_HISTORIES says else

// A key of which the end is judged again and again.
class Growing {
 public:
  Growing(const std::string& name, std::size_t context)
      : model_(*find_model(name)), initial_(*model_.parse_initial(initial_text(name))) {
    model_.per_key = false;
    context_ = context;
  }

  // Of the first `length` ops.
  Verdict judge(const History& history, std::size_t length) {
    const History prefix(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(length));
    const ReadContext with{prefix, model_, initial_, options_};
    const Partition key = split_by_key(prefix)->front();
    part_.advance(with, key, judged_, context_);
    judged_ = key.operations.size();
    return part_.judge(with, key, {});
  }

  bool is_part() const { return part_.begin() > 0; }

 private:
  Model model_;
  Value initial_;
  ModelOptions options_;
  LastPart part_;
  std::size_t context_ = 0;
  std::size_t judged_ = 0;
};

class LastPartProperty : public testing::TestWithParam<std::string> {};

TEST_P(LastPartProperty, HasNoViolationThatIsNoneOfTheWhole) {
  Rng rng = Rng(seed()).split(GetParam()).split("last part");
  std::uint64_t parts = 0;
  std::uint64_t found = 0;
  for (std::uint64_t i = 0; i < histories_per_model(kHistories); ++i) {
    HistoryShape shape;
    shape.max_ops = 9;
    shape.values = rng.pick(std::vector<int>{2, 3, 10});
    History history = random_history(GetParam(), shape, rng);
    if (rng.chance(1, 2)) corrupt(GetParam(), shape, history, rng);
    Growing growing(GetParam(), 1 + rng.below(3));
    for (std::size_t length = 1; length <= history.size(); ++length) {
      if (length < history.size() && rng.chance(1, 2)) continue;
      const Verdict verdict = growing.judge(history, length);
      parts += growing.is_part() ? 1 : 0;
      if (verdict != Verdict::invalid) continue;
      found += growing.is_part() ? 1 : 0;
      ASSERT_FALSE(naive::linearizable(GetParam(), history, length))
          << "FAULTLINE_SEED=" << seed() << ", history " << i << ", the first " << length << "\n"
          << print(history);
      break;
    }
  }
  const bool has_values = parts > 0;
  EXPECT_EQ(has_values, find_model(GetParam())->value_effect != nullptr);
  EXPECT_TRUE(found > 0 || !has_values);
}

INSTANTIATE_TEST_SUITE_P(Models, LastPartProperty, testing::ValuesIn(names_of_models()),
                         [](const auto& parameter) { return as_word(parameter.param); });

// Each of these is lost if one of the things that a part must know of what was before it is.
TEST(LastPart, KnowsWhatWasWrittenBeforeIt) {
  HistoryBuilder history;
  history.done(0, "write", 1).done(0, "write", 2).done(0, "read", 2);
  Growing growing("register", 1);
  EXPECT_EQ(growing.judge(history, 6), Verdict::valid);
  history.done(0, "read", 2).done(0, "read", 2);
  EXPECT_EQ(growing.judge(history, 10), Verdict::valid);
  EXPECT_TRUE(growing.is_part());
  history.done(0, "read", 3);
  EXPECT_EQ(growing.judge(history, 12), Verdict::invalid);
}

TEST(LastPart, KnowsWhatWasOpenBeforeIt) {
  HistoryBuilder history;
  history.invoke(1, "write", 7).invoke(2, "write", 8).info(2, "write", 8);
  history.done(0, "write", 1).done(0, "write", 2).done(0, "write", 3);
  Growing growing("register", 1);
  EXPECT_EQ(growing.judge(history, 9), Verdict::valid);
  history.done(0, "write", 4).done(0, "read", 7).ok(1, "write", 7).done(0, "read", 8);
  EXPECT_EQ(growing.judge(history, 16), Verdict::valid);
  EXPECT_TRUE(growing.is_part());
  history.done(0, "write", 5).done(0, "read", 7);
  EXPECT_EQ(growing.judge(history, 20), Verdict::invalid);
}

// From where an op has no ValueEffect on, the whole is judged.
TEST(LastPart, IsTheWholeWhereStatesAreNoValues) {
  HistoryBuilder history;
  history.done(0, "put", "a").done(0, "put", "b").done(0, "put", "c").done(0, "put", "d");
  Growing growing("kv", 1);
  EXPECT_EQ(growing.judge(history, 8), Verdict::valid);
  history.done(0, "get", "d");
  EXPECT_EQ(growing.judge(history, 10), Verdict::valid);
  EXPECT_TRUE(growing.is_part());
  history.done(0, "append", "e").done(0, "get", "de");
  EXPECT_EQ(growing.judge(history, 14), Verdict::valid);
  history.done(0, "get", "d");
  EXPECT_EQ(growing.judge(history, 16), Verdict::invalid);
}

// Of few values, and with too few steps for a search of it all: the place where that is stuck.
TEST(LastPart, IsRefutedByAFewOfItsOps) {
  const Model& model = *find_model("cas-register");
  const Value initial;
  const ModelOptions options;
  int invalid = 0;
  int found = 0;
  for (std::uint64_t some_seed = 1; some_seed <= 12; ++some_seed) {
    ClosedLoopShape shape{.ops = 20'000, .clients = 10};
    shape.seed = some_seed;
    shape.stale_read = true;
    const History history = closed_loop(shape);
    const Partition key = split_by_key(history)->front();
    const ReadContext with{history, model, initial, options};
    if (decide(history, key, model, initial)->verdict != Verdict::invalid) continue;
    ++invalid;
    LastPart part;
    part.advance(with, key, 15'000, 5'000);
    ASSERT_EQ(part.begin(), 10'000U);
    Limits limits;
    limits.steps = 220'000;  // as of the monitor
    found += part.judge(with, key, limits) == Verdict::invalid ? 1 : 0;
  }
  EXPECT_GT(invalid, 0);
  EXPECT_EQ(found, invalid);
}

// What is looked at around a place where the search is stuck begins no earlier than the part does:
// of what was before it only what was open is known. The read of 7 is fine, since the write of 8 is
// after it; seen from where it was invoked, and without that write, nothing could explain it.
TEST(LastPart, LooksNoFurtherBackThanItBegins) {
  HistoryBuilder history;
  history.done(0, "write", 7).invoke(9, "read", {}).done(0, "write", 8);
  for (int i = 0; i < 40; ++i) history.done(0, "read", 8);
  const std::size_t begin = 22;  // an op, after the write of 8
  history.ok(9, "read", 7);
  for (int i = 100; i < 2'000; ++i) history.done(0, "write", i).done(0, "read", i);
  const Model& model = *find_model("register");
  const Value initial;
  const ModelOptions options;
  const Partition key = split_by_key(history)->front();
  const ReadContext with{history, model, initial, options};
  LastPart part;
  part.advance(with, key, 2 * begin, begin);
  ASSERT_EQ(part.begin(), begin);
  for (std::uint64_t steps = 200; steps <= 20'000; steps += 200) {
    Limits limits;
    limits.steps = steps;  // so few that it is stuck here and there
    EXPECT_NE(part.judge(with, key, limits), Verdict::invalid) << steps;
  }
  EXPECT_EQ(part.judge(with, key, {}), Verdict::valid);
}

}  // namespace
}  // namespace faultline
