// The interpreter, against clients that do as they are told, in virtual time.
#include "harness/run/interpreter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/core/noop.hpp"
#include "harness/core/validating.hpp"
#include "harness/environments/sim/sim_environment.hpp"
#include "harness/generators/generators.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;

// An op's value says what becomes of it: "ok", "fail", "info", "throw"; a number: ok after so many
// milliseconds.
class ObedientClient final : public Client {
 public:
  explicit ObedientClient(Clock& clock) : clock_(clock) {}

  Task<Op> invoke(Op op) override {
    const bool number = op.value.is_integer();
    const Duration wait = number ? op.value.integer() * kMillisecond : kMillisecond;
    co_await sleep_until(clock_, clock_.now() + wait);
    if (number || op.value.text() == "ok") co_return completion(op, OpType::ok);
    if (op.value.text() == "fail") co_return completion(op, OpType::fail);
    if (op.value.text() == "throw") throw std::runtime_error("the connection broke");
    co_return completion(op, OpType::info);
  }

 private:
  Clock& clock_;
};

struct InterpreterTest : testing::Test {
  sim::SimEnvironment environment{1, {}, Rng(1)};
  std::unique_ptr<Nemesis> nemesis = noop_nemesis();
  History history;
  std::vector<Process> connected;
  std::function<std::unique_ptr<Client>(Process)> make_client = [this](Process) {
    return std::make_unique<ObedientClient>(environment.clock());
  };
  std::function<void(const Op&)> before_record = [](const Op&) {};
  std::unique_ptr<Interpreter> interpreter;

  void use(int concurrency) {
    InterpreterSetup setup;
    setup.clock = &environment.clock();
    setup.nemesis = nemesis.get();
    setup.concurrency = concurrency;
    setup.connect = [this](Process process) {
      connected.push_back(process);
      return make_client(process);
    };
    setup.record = [this](const Op& op) {
      before_record(op);
      history.push_back(op);
    };
    setup.should_stop = [this] { return stop_after <= history.size(); };
    interpreter = std::make_unique<Interpreter>(std::move(setup), Rng(2));
  }
  void run_anywhere(Gen gen) { environment.run(interpreter->run(std::move(gen))); }
  void run(Gen gen) { run_anywhere(gen::clients(std::move(gen))); }

  std::vector<std::string> events() const {
    std::vector<std::string> all;
    for (const Op& op : history) {
      all.push_back(std::to_string(op.process) + " " + to_string(op.type));
    }
    return all;
  }

  std::size_t stop_after = 1'000'000;
};

Op op(const Value& value) {
  return invocation(f::kWrite, value);
}

TEST_F(InterpreterTest, RecordsAnInvocationThenItsCompletion) {
  use(1);
  run(gen::repeat(2, op("ok")));
  EXPECT_THAT(events(), ElementsAre("0 invoke", "0 ok", "0 invoke", "0 ok"));
  EXPECT_EQ(history[1].time, kMillisecond);
  EXPECT_EQ(history[2].time, kMillisecond) << "a free process is put to work at once";
}

TEST_F(InterpreterTest, EveryEventIsPairedAndTimeNeverGoesBack) {
  use(7);
  const auto random = [](const Context& context) {
    return op(static_cast<int>(context.rng().below(20)));
  };
  run(gen::limit(500, gen::each(random)));
  ASSERT_EQ(history.size(), 1000U);
  std::set<Process> open;
  Time last = 0;
  for (const Op& event : history) {
    EXPECT_GE(event.time, last);
    last = event.time;
    if (event.type == OpType::invoke) {
      EXPECT_TRUE(open.insert(event.process).second);
    } else {
      EXPECT_EQ(open.erase(event.process), 1U);
    }
  }
  EXPECT_TRUE(open.empty());
}

TEST_F(InterpreterTest, AProcessThatEndsInInfoIsRetired) {
  use(2);
  run(gen::on_threads(
      [](int thread) { return thread == 1; },
      gen::sequence({gen::once(op("ok")), gen::once(op("info")), gen::once(op("fail")),
                     gen::once(op("info")), gen::once(op("ok"))})));
  EXPECT_THAT(events(), ElementsAre("1 invoke", "1 ok", "1 invoke", "1 info", "3 invoke", "3 fail",
                                    "3 invoke", "3 info", "5 invoke", "5 ok"));
  EXPECT_THAT(connected, ElementsAre(1, 3, 5)) << "a client for each, made when it is needed";
}

TEST_F(InterpreterTest, WhatAClientThrowsIsInfo) {
  use(1);
  run(gen::sequence({gen::once(op("throw")), gen::once(op("ok"))}));
  EXPECT_THAT(events(), ElementsAre("0 invoke", "0 info", "1 invoke", "1 ok"));
  EXPECT_EQ(history[1].error.name(), "the connection broke");
  EXPECT_EQ(history[1].value, Value("throw"));
}

TEST_F(InterpreterTest, WhatTheNemesisThrowsEndsTheRun) {
  struct Broken final : Nemesis {
    std::vector<Symbol> functions() const override { return {Symbol::of("noop")}; }
    std::optional<Op> propose(Rng&) const override { return std::nullopt; }
    Task<Op> invoke(Op) override {
      throw 42;  // not even an exception
      co_return Op();
    }
    std::vector<Op> healing() const override { return {}; }
  };
  nemesis = std::make_unique<Broken>();
  use(1);
  EXPECT_THROW(run_anywhere(gen::nemesis(gen::once(invocation(Symbol::of("noop"))))), int);
}

TEST_F(InterpreterTest, AClientThatBreaksItsContractEndsTheRun) {
  struct Liar final : Client {
    Task<Op> invoke(Op op) override { co_return completion(op, OpType::invoke); }
  };
  make_client = [](Process) { return validating(std::unique_ptr<Client>(new Liar())); };
  use(1);
  EXPECT_THROW(run(gen::once(op("ok"))), BrokenContract);
}

TEST_F(InterpreterTest, ACompletionComesBeforeAnInvocationOfTheSameTime) {
  use(2);
  run(gen::sequence({gen::once(op(5)), gen::delay(5 * kMillisecond, gen::repeat(2, op(1)))}));
  for (std::size_t i = 1; i < history.size(); ++i) {
    if (history[i].time == history[i - 1].time && history[i].type != OpType::invoke) {
      EXPECT_NE(history[i - 1].type, OpType::invoke) << to_string(history[i]);
    }
  }
  EXPECT_EQ(history.size(), 6U);
}

TEST_F(InterpreterTest, WaitsForWhatIsUnderWayWhenTheGeneratorIsExhausted) {
  use(3);
  run(gen::sequence({gen::once(op(50)), gen::once(op(1))}));
  EXPECT_THAT(events(), testing::SizeIs(4));
  EXPECT_EQ(history.back().time, 50 * kMillisecond);
}

TEST_F(InterpreterTest, NothingToDoIsOverAtOnce) {
  use(1);
  run(nullptr);
  EXPECT_TRUE(history.empty());
  EXPECT_EQ(environment.clock().now(), 0);
}

TEST_F(InterpreterTest, AGeneratorThatWaitsForNothingIsAnError) {
  struct Stuck final : Generator {
    Next next(const Gen& self, const Context&) const override { return Next::wait(self); }
  };
  use(1);
  EXPECT_THROW(run(std::make_shared<Stuck>()), std::logic_error);
}

TEST_F(InterpreterTest, ASecondRunGoesOnWithTheProcesses) {
  use(1);
  run(gen::once(op("info")));
  run(gen::once(op("ok")));
  run(gen::once(op("ok")));
  EXPECT_THAT(events(), ElementsAre("0 invoke", "0 info", "1 invoke", "1 ok", "1 invoke", "1 ok"));
  EXPECT_THAT(connected, ElementsAre(0, 1));
}

TEST_F(InterpreterTest, TheNemesisIsNeverRetired) {
  use(1);
  run_anywhere(gen::nemesis(gen::repeat(2, invocation(Symbol::of("noop")))));
  EXPECT_THAT(events(), ElementsAre("-1 invoke", "-1 info", "-1 invoke", "-1 info"));
  EXPECT_TRUE(connected.empty());
}

TEST_F(InterpreterTest, StoppedItInvokesNothingNewAndWaitsForTheRest) {
  use(2);
  stop_after = 10;
  run(gen::repeat(op(3)));
  std::int64_t open = 0;
  for (const Op& event : history) open += event.type == OpType::invoke ? 1 : -1;
  EXPECT_EQ(open, 0);
  EXPECT_GE(history.size(), 10U);
  EXPECT_LE(history.size(), 12U);
}

TEST_F(InterpreterTest, WhatRecordingThrowsEndsTheRun) {
  use(2);
  before_record = [this](const Op&) {
    if (history.size() == 5) throw std::runtime_error("the disk is full");
  };
  EXPECT_THROW(run(gen::repeat(op(3))), std::runtime_error);
  EXPECT_EQ(history.size(), 5U);
}

TEST_F(InterpreterTest, AnOpOfTheFutureWaits) {
  use(1);
  run(gen::sequence({gen::sleep(30 * kMillisecond), gen::once(op("ok"))}));
  EXPECT_EQ(history.front().time, 30 * kMillisecond);
}

}  // namespace
}  // namespace faultline
