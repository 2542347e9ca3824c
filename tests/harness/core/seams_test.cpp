// The no-op and the validating version of each seam.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "harness/core/noop.hpp"
#include "harness/core/validating.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;

Op client_op(Symbol f = f::kRead) {
  Op op = invocation(f, Value(), 7);
  op.process = 3;
  return op;
}

Op fault(const char* f) {
  Op op = invocation(Symbol::of(f));
  op.process = kNemesis;
  return op;
}

// What `task` returns, run on a loop of its own.
template <class T>
T result_of(Task<T> task) {
  std::optional<T> result;
  const auto main = [](Task<T> inner, std::optional<T>& out) -> Task<> {
    out = co_await std::move(inner);
  };
  noop_environment(1)->run(main(std::move(task), result));
  return *result;
}

// The text of the logic_error that `call` throws.
std::string complaint(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::logic_error& e) {
    return e.what();
  }
  return "it did not complain";
}

TEST(Noop, DoesNothingSuccessfully) {
  const Op op = client_op();
  EXPECT_EQ(result_of(noop_client()->invoke(op)), completion(op, OpType::ok));
  const auto nemesis = noop_nemesis();
  Rng rng(1);
  EXPECT_FALSE(nemesis->propose(rng));
  EXPECT_TRUE(nemesis->healing().empty());
  EXPECT_EQ(result_of(nemesis->invoke(fault("noop"))).type, OpType::info);
  const auto environment = noop_environment(3);
  const auto target = noop_target();
  EXPECT_TRUE(result_of(target->start(*environment)));
  EXPECT_FALSE(result_of(target->leader(*environment)));
  EXPECT_NE(target->connect(*environment, 0, 0), nullptr);
  EXPECT_EQ(environment->size(), 3);
  EXPECT_EQ(environment->powers().network, nullptr);
  EXPECT_EQ(noop_checker()->check({}).verdict, Verdict::valid);
  EXPECT_EQ(noop_workload()->generator(), nullptr);
  EXPECT_EQ(noop_workload()->checker()->check({}).verdict, Verdict::valid);
}

TEST(Noop, EnvironmentRunsToTheEndAndRethrows) {
  const auto environment = noop_environment(1);
  const auto sleeper = [](Clock& clock) -> Task<> {
    co_await sleep_until(clock, clock.now() + 3 * kMillisecond);
  };
  const Time before = environment->clock().now();
  environment->run(sleeper(environment->clock()));
  EXPECT_GE(environment->clock().now(), before + 3 * kMillisecond);
  // Another wait may still be open when main ends; it does not hold up the run.
  environment->clock().call_at(kNever, [] {});
  environment->run(sleeper(environment->clock()));
  const auto thrower = []() -> Task<> {
    throw std::runtime_error("oops");
    co_return;
  };
  EXPECT_THROW(environment->run(thrower()), std::runtime_error);
}

TEST(Noop, EnvironmentSaysWhenNothingCanHappenAnyMore) {
  const auto stuck = []() -> Task<> {
    const auto never = [](const std::function<void()>&) {};
    co_await suspend<>(never);
  };
  EXPECT_THROW(noop_environment(1)->run(stuck()), std::logic_error);
}

class FakeClient final : public Client {
 public:
  explicit FakeClient(std::function<Op(Op)> answer) : answer_(std::move(answer)) {}
  Task<Op> invoke(Op op) override { co_return answer_(std::move(op)); }

 private:
  std::function<Op(Op)> answer_;
};

Op through_client(const Op& op, std::function<Op(Op)> answer) {
  return result_of(validating(std::make_unique<FakeClient>(std::move(answer)))->invoke(op));
}

TEST(ValidatingClient, PassesCompletionsOn) {
  for (const OpType type : {OpType::ok, OpType::fail, OpType::info}) {
    const auto answer = [type](const Op& op) { return completion(op, type); };
    EXPECT_EQ(through_client(client_op(), answer), completion(client_op(), type));
  }
}

TEST(ValidatingClient, LeavesExceptionsToTheInterpreter) {
  const auto answer = [](const Op&) -> Op { throw std::runtime_error("connection reset"); };
  EXPECT_THROW(through_client(client_op(), answer), std::runtime_error);
}

TEST(ValidatingClient, ComplainsWithBothOps) {
  const auto complain = [](const std::function<void(Op&)>& spoil) {
    return complaint([&] {
      through_client(client_op(), [&](const Op& op) {
        Op done = completion(op, OpType::ok);
        spoil(done);
        return done;
      });
    });
  };
  EXPECT_THAT(complain([](Op& op) { op.process = 4; }),
              AllOf(HasSubstr("[3 invoke read key 7 nil]"), HasSubstr("[4 ok read key 7 nil]")));
  EXPECT_THAT(complain([](Op& op) { op.f = f::kWrite; }), HasSubstr("expected the same"));
  EXPECT_THAT(complain([](Op& op) { op.key = 8; }), HasSubstr("expected the same"));
  EXPECT_THAT(complain([](Op& op) { op.type = OpType::invoke; }), HasSubstr("ok, fail or info"));
  EXPECT_EQ(complain([](Op& op) { op.value = 5; }), "it did not complain");
}

class FakeNemesis final : public Nemesis {
 public:
  std::vector<Symbol> known{Symbol::of("start"), Symbol::of("stop")};
  std::optional<Op> proposal;
  std::vector<Op> heals;
  std::function<Op(Op)> answer = [](const Op& op) { return completion(op, OpType::info); };

  std::vector<Symbol> functions() const override { return known; }
  std::optional<Op> propose(Rng&) const override { return proposal; }
  Task<Op> invoke(Op op) override { co_return answer(op); }
  std::vector<Op> healing() const override { return heals; }
};

class ValidatingNemesisTest : public testing::Test {
 protected:
  ValidatingNemesisTest() {
    auto inner = std::make_unique<FakeNemesis>();
    fake = inner.get();
    nemesis = validating(std::unique_ptr<Nemesis>(std::move(inner)));
  }

  Rng rng{1};
  FakeNemesis* fake;
  std::unique_ptr<Nemesis> nemesis;
};

TEST_F(ValidatingNemesisTest, PassesWhatIsRight) {
  EXPECT_EQ(nemesis->functions(), fake->known);
  EXPECT_FALSE(nemesis->propose(rng));
  fake->proposal = invocation(Symbol::of("start"));
  EXPECT_EQ(nemesis->propose(rng), fake->proposal);
  fake->heals = {fault("stop")};
  EXPECT_EQ(nemesis->healing(), fake->heals);
  EXPECT_EQ(result_of(nemesis->invoke(fault("start"))).type, OpType::info);
}

TEST_F(ValidatingNemesisTest, ComplainsOfUnknownFunctions) {
  fake->proposal = fault("explode");
  EXPECT_THAT(complaint([&] { nemesis->propose(rng); }), HasSubstr("explode"));
  fake->heals = {fault("stop"), fault("mend")};
  EXPECT_THAT(complaint([&] { nemesis->healing(); }), HasSubstr("mend"));
  EXPECT_THAT(complaint([&] { result_of(nemesis->invoke(fault("other"))); }), HasSubstr("other"));
  fake->proposal = client_op(Symbol::of("start"));
  EXPECT_THAT(complaint([&] { nemesis->propose(rng); }), HasSubstr("a client's op"));
  fake->known.clear();
  EXPECT_THAT(complaint([&] { nemesis->functions(); }), HasSubstr("no functions"));
}

TEST_F(ValidatingNemesisTest, ComplainsOfWrongCompletions) {
  fake->answer = [](const Op& op) { return completion(op, OpType::ok); };
  EXPECT_THAT(complaint([&] { result_of(nemesis->invoke(fault("start"))); }),
              HasSubstr("[nemesis ok start nil]"));
  fake->answer = [](const Op&) { return completion(fault("stop"), OpType::info); };
  EXPECT_THAT(complaint([&] { result_of(nemesis->invoke(fault("start"))); }), HasSubstr("stop"));
}

class FakeGenerator final : public Generator {
 public:
  explicit FakeGenerator(Next answer) : answer_(std::move(answer)) {}
  Next next(const Gen&, const Context&) const override { return answer_; }

 private:
  Next answer_;
};

std::string generator_complaint(const Next& answer) {
  Rng rng(1);
  const std::vector<Process> processes{0, 1, kNemesis};
  Context context(processes, rng);
  context.time = 100;
  context.set_busy(1);
  return complaint([&] {
    const Gen gen = validating(Gen(std::make_shared<FakeGenerator>(answer)));
    next(gen, context);
  });
}

TEST(ValidatingGenerator, ComplainsOfEveryFault) {
  Op good = client_op();
  good.process = 0;
  good.time = 100;
  EXPECT_EQ(generator_complaint(Next::emit(good, nullptr)), "it did not complain");
  EXPECT_EQ(generator_complaint(Next::finished()), "it did not complain");
  const auto spoilt = [&](const std::function<void(Op&)>& spoil) {
    Op op = good;
    spoil(op);
    return generator_complaint(Next::emit(op, nullptr));
  };
  EXPECT_THAT(spoilt([](Op& op) { op.process = 1; }), HasSubstr("not free"));
  EXPECT_THAT(spoilt([](Op& op) { op.process = 2; }), HasSubstr("not free"));
  EXPECT_THAT(spoilt([](Op& op) { op.process = kAnyProcess; }), HasSubstr("not free"));
  EXPECT_THAT(spoilt([](Op& op) { op.time = 99; }), HasSubstr("100 already"));
  EXPECT_THAT(spoilt([](Op& op) { op.type = OpType::info; }), HasSubstr("must be invoke"));
  EXPECT_THAT(spoilt([](Op& op) { op.f = Symbol(); }), HasSubstr("no f"));
  EXPECT_THAT(generator_complaint(Next::wait(nullptr)), HasSubstr("nothing left"));
  const Gen any = std::make_shared<FakeGenerator>(Next::finished());
  EXPECT_THAT(generator_complaint(Next::wait(any, 100)), HasSubstr("asked again at 100"));
  EXPECT_EQ(generator_complaint(Next::wait(any, 101)), "it did not complain");
}

TEST(ValidatingGenerator, GoesOnWithTheRest) {
  Rng rng(1);
  const std::vector<Process> processes{0, kNemesis};
  const Context context(processes, rng);
  const Gen bad = std::make_shared<FakeGenerator>(Next::wait(nullptr));
  Op op = client_op();
  op.process = 0;
  const Next n =
      next(validating(Gen(std::make_shared<FakeGenerator>(Next::emit(op, bad)))), context);
  EXPECT_THROW(next(n.rest, context), std::logic_error);
  EXPECT_EQ(validating(Gen()), nullptr);
}

class FakeChecker final : public Checker {
 public:
  explicit FakeChecker(Report report) : report_(std::move(report)) {}
  std::string name() const override { return report_.checker; }
  Report check(const History&, const Watch&) const override { return report_; }

 private:
  Report report_;
};

TEST(ValidatingChecker, WantsANameAndReasons) {
  Report report;
  report.checker = "fake";
  const auto complain = [&] {
    const auto checker = validating(std::unique_ptr<Checker>(new FakeChecker(report)));
    return complaint([&] {
      checker->check({});
      static_cast<void>(checker->name());
    });
  };
  report.verdict = Verdict::valid;
  EXPECT_EQ(complain(), "it did not complain");
  report.verdict = Verdict::invalid;
  EXPECT_THAT(complain(), HasSubstr("fake says invalid, but not why"));
  report.reason = "a stale read";
  EXPECT_EQ(complain(), "it did not complain");
  report.parts.emplace_back().checker = "part";
  EXPECT_THAT(complain(), HasSubstr("part says unknown"));
  report.parts.clear();
  report.checker.clear();
  EXPECT_THAT(complain(), HasSubstr("name"));
}

class FakeWorkload final : public Workload {
 public:
  std::vector<Symbol> known{f::kRead};
  Gen gen = std::make_shared<FakeGenerator>(Next::finished());
  bool has_checker = true;

  std::vector<Symbol> functions() const override { return known; }
  Gen generator() const override { return gen; }
  Gen final_generator(const std::vector<Value>&) const override { return nullptr; }
  std::unique_ptr<Checker> checker() const override {
    return has_checker ? noop_checker() : nullptr;
  }
};

TEST(ValidatingWorkload, WantsFunctionsAGeneratorAndAChecker) {
  auto inner = std::make_unique<FakeWorkload>();
  FakeWorkload& fake = *inner;
  const auto workload = validating(std::unique_ptr<Workload>(std::move(inner)));
  EXPECT_EQ(workload->functions(), fake.known);
  EXPECT_NE(workload->generator(), nullptr);
  EXPECT_EQ(workload->final_generator({}), nullptr);
  EXPECT_EQ(workload->checker()->name(), "noop");
  fake.known.clear();
  fake.gen = nullptr;
  fake.has_checker = false;
  EXPECT_THAT(complaint([&] { workload->functions(); }), HasSubstr("no functions"));
  EXPECT_THAT(complaint([&] { workload->generator(); }), HasSubstr("no generator"));
  EXPECT_THAT(complaint([&] { workload->checker(); }), HasSubstr("no checker"));
}

class FakeTarget final : public Target {
 public:
  Result<void> started;
  bool has_client = true;
  std::optional<NodeId> leads;

  Task<Result<void>> start(Environment&) override { co_return started; }
  std::unique_ptr<Client> connect(Environment&, NodeId, Process) override {
    return has_client ? noop_client() : nullptr;
  }
  Task<std::optional<Leader>> leader(Environment&) override { co_return leads; }
};

class ValidatingTargetTest : public testing::Test {
 protected:
  ValidatingTargetTest() {
    auto inner = std::make_unique<FakeTarget>();
    fake = inner.get();
    target = validating(std::unique_ptr<Target>(std::move(inner)));
  }

  std::unique_ptr<Environment> environment = noop_environment(3);
  FakeTarget* fake;
  std::unique_ptr<Target> target;
};

TEST_F(ValidatingTargetTest, IsStartedOnceBeforeItIsUsed) {
  EXPECT_THAT(complaint([&] { target->connect(*environment, 0, 0); }), HasSubstr("not started"));
  EXPECT_TRUE(result_of(target->start(*environment)));
  EXPECT_NE(target->connect(*environment, 2, 9), nullptr);
  EXPECT_THAT(complaint([&] { result_of(target->start(*environment)); }), HasSubstr("twice"));
}

TEST_F(ValidatingTargetTest, AFailureSaysWhy) {
  fake->started = Error{"port taken"};
  EXPECT_EQ(result_of(target->start(*environment)).error().message, "port taken");
}

TEST_F(ValidatingTargetTest, NodesProcessesAndClientsExist) {
  EXPECT_TRUE(result_of(target->start(*environment)));
  EXPECT_THAT(complaint([&] { target->connect(*environment, 3, 0); }), HasSubstr("node 3 of 3"));
  EXPECT_THAT(complaint([&] { target->connect(*environment, 0, kNemesis); }), HasSubstr("-1"));
  fake->has_client = false;
  EXPECT_THAT(complaint([&] { target->connect(*environment, 0, 0); }), HasSubstr("no client"));
  fake->leads = 1;
  EXPECT_EQ(result_of(target->leader(*environment)), 1);
  fake->leads = 7;
  EXPECT_THAT(complaint([&] { result_of(target->leader(*environment)); }), HasSubstr("node 7"));
}

TEST(ValidatingEnvironment, KnowsItsNodesAndRunsOneMainAtATime) {
  const auto environment = validating(noop_environment(2));
  EXPECT_TRUE(environment->node_log(1).empty());
  EXPECT_THAT(complaint([&] { environment->node_log(2); }), HasSubstr("no node 2 among 2"));
  EXPECT_THAT(complaint([&] { static_cast<void>(validating(noop_environment(0))->size()); }),
              HasSubstr("0 nodes"));
  const auto nothing = []() -> Task<> { co_return; };
  environment->run(nothing());
  environment->run(nothing());
  const auto nested = [](Environment& outer) -> Task<> {
    const auto inner = []() -> Task<> { co_return; };
    outer.run(inner());
    co_return;
  };
  EXPECT_THAT(complaint([&] { environment->run(nested(*environment)); }), HasSubstr("already"));
}

}  // namespace
}  // namespace faultline
