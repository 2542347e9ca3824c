// Many objects on all cores; and limits that hold whatever a model's step does.
#include "checkers/linearizability/decide_all.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "checkers/models/models.hpp"
#include "tests/checkers/closed_loop.hpp"
#include "tests/checkers/history_builder.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using testing::HasSubstr;

using Objects = std::vector<std::shared_ptr<const ObjectHistory>>;

std::shared_ptr<const ObjectHistory> object_of(const History& history, const Model& model) {
  const auto partition = split_by_key(history)->front();
  return std::make_shared<const ObjectHistory>(
      *read_object(history, partition, model, *model.parse_initial(model.default_initial), {}));
}

// What a step waits for, so that no thread is left when the test ends.
struct DecideAll : testing::Test {
  static inline std::atomic<bool> released = false;
  static inline std::atomic<int> inside = 0;

  static std::optional<Value> wait(const Value& state, const Call&) {
    ++inside;
    while (!released) std::this_thread::sleep_for(1ms);
    --inside;
    return state;
  }
  static std::optional<Value> take_memory(const Value& state, const Call& call) {
    const std::vector<char> much(std::size_t{256} << 20, 'x');
    return wait(state, call);
  }
  static std::optional<Value> fail(const Value&, const Call&) {
    throw std::runtime_error("out of luck");
  }

  void SetUp() override { released = false; }
  void TearDown() override {
    released = true;
    while (inside > 0) std::this_thread::sleep_for(1ms);
  }

  static Decision decide_with(std::optional<Value> (*step)(const Value&, const Call&),
                              const Limits& limits) {
    const Model model{.name = "strange", .functions = {"write"}, .step = step};
    const auto begin = SteadyClock::now();
    auto all = decide_all({object_of(HistoryBuilder().done(0, "write", 1), model)}, model, limits);
    EXPECT_LT(SteadyClock::now() - begin, 10s);
    return all.front().decision;
  }
};

TEST_F(DecideAll, GivesEveryObjectItsVerdictInOrder) {
  const Model& model = *find_model("cas-register");
  Objects objects;
  for (std::uint64_t i = 0; i < 40; ++i) {
    ClosedLoopShape shape{.ops = 200, .clients = 5, .unique_values = true};
    shape.stale_read = i % 3 == 0;
    shape.seed = i + 1;
    objects.push_back(object_of(closed_loop(shape), model));
  }
  std::vector<double> progress;
  Watch watch;
  watch.progress = [&](double done) { progress.push_back(done); };
  const auto all = decide_all(objects, model, {}, watch);
  ASSERT_EQ(all.size(), objects.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Decision alone = decide(*objects[i], model);
    EXPECT_EQ(all[i].decision.verdict, alone.verdict) << i;
    EXPECT_EQ(all[i].decision.linearization, alone.linearization) << i;
    EXPECT_EQ(all[i].decision.verdict == Verdict::invalid, i % 3 == 0) << i;
    EXPECT_EQ(all[i].core.has_value(), i % 3 == 0) << i;
  }
  for (const double done : progress) {
    EXPECT_GE(done, 0);
    EXPECT_LE(done, 1);
  }
  EXPECT_TRUE(decide_all({}, model, {}).empty());
}

TEST_F(DecideAll, TheTimeIsUpEvenInAStepThatNeverEnds) {
  const Decision decision = decide_with(wait, {.time = 50ms});
  EXPECT_EQ(decision.verdict, Verdict::unknown);
  EXPECT_THAT(decision.reason, HasSubstr("in a step that does not end"));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(DecideAll, TheMemoryIsUpEvenInAStep) {
  const Decision decision = decide_with(take_memory, {.time = 60s, .memory_bytes = 16 << 20});
  EXPECT_EQ(decision.verdict, Verdict::unknown);
  EXPECT_THAT(decision.reason, HasSubstr("16 MB of memory were spent"));
}
#endif

TEST_F(DecideAll, AStepThatThrowsIsUnknown) {
  const Decision decision = decide_with(fail, {});
  EXPECT_EQ(decision.verdict, Verdict::unknown);
  EXPECT_THAT(decision.reason, HasSubstr("the model failed: out of luck"));
}

TEST_F(DecideAll, StopsWhenAskedTo) {
  const Model model{.name = "strange", .functions = {"write"}, .step = wait};
  const auto object = object_of(HistoryBuilder().done(0, "write", 1), model);
  Watch watch;
  watch.should_stop = [] { return true; };
  const auto all = decide_all(Objects(50, object), model, {}, watch);
  for (const Judged& judged : all) {
    EXPECT_EQ(judged.decision.verdict, Verdict::unknown);
    EXPECT_THAT(judged.decision.reason, HasSubstr("it was stopped"));
  }
}

}  // namespace
}  // namespace faultline
