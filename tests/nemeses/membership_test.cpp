#include "nemeses/membership.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "nemeses/grudge.hpp"
#include "tests/nemeses/recording.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Change = MembershipPower::Change;
using Values = Value::List;

const Symbol kChange = Symbol::of("change-members");
const Symbol kRestore = Symbol::of("restore-members");

// A cluster as its operator sees it.
struct Cluster {
  Membership members;
  std::vector<std::string> deeds;
  int silent = 0;   // so often nobody answers who the members are
  int refuses = 0;  // so many changes are refused

  Result<void> change(Change what, NodeId node) {
    constexpr const char* kNames[] = {"add-voter", "add-learner", "remove", "lead"};
    deeds.push_back(kNames[static_cast<int>(what)] + (" " + node_name(node)));
    if (refuses > 0) {
      --refuses;
      return Error{"refused"};
    }
    if (what == Change::lead) return {};
    std::erase(members.voters, node);
    std::erase(members.learners, node);
    if (what == Change::add_voter) members.voters.push_back(node);
    if (what == Change::add_learner) members.learners.push_back(node);
    return {};
  }
};

class Operator final : public MembershipPower {
 public:
  explicit Operator(Cluster& cluster) : cluster_(cluster) {}
  Task<std::optional<Membership>> members() override {
    std::optional<Membership> members;
    if (cluster_.silent > 0) {
      --cluster_.silent;
    } else {
      members = cluster_.members;
    }
    co_return members;
  }
  Task<Result<void>> change(Change change, NodeId node) override {
    Result<void> done = cluster_.change(change, node);
    co_return done;
  }

 private:
  Cluster& cluster_;
};

class OperatedTarget final : public Target {
 public:
  Cluster cluster;

  Task<Result<void>> start(Environment&) override { co_return Result<void>(); }
  std::unique_ptr<Client> connect(Environment&, NodeId, Process) override { return noop_client(); }
  Task<std::optional<Leader>> leader(Environment&) override { co_return std::nullopt; }
  std::unique_ptr<MembershipPower> membership(Environment&) override {
    return std::make_unique<Operator>(cluster);
  }
};

// Whoever waits has waited at once.
class HastyEnvironment final : public Environment, private Clock {
 public:
  explicit HastyEnvironment(int nodes) : inner_(noop_environment(nodes)) {}
  int size() const override { return inner_->size(); }
  Clock& clock() override { return *this; }
  Powers powers() override { return {}; }
  void run(Task<> main) override { inner_->run(std::move(main)); }
  std::vector<std::string> node_log(NodeId) override { return {}; }

 private:
  Time now() const override { return now_; }
  void call_at(Time when, std::function<void()> callback) override {
    now_ = std::max(now_, when);
    inner_->clock().call_at(0, std::move(callback));
  }

  std::unique_ptr<Environment> inner_;
  Time now_ = 0;
};

struct MembershipTest : testing::Test {
  explicit MembershipTest(int nodes = 5) : environment(nodes) {
    target.cluster.members.voters = all_nodes(nodes);
    nemesis = *make_membership(nemesis_context(environment, target));
  }

  HastyEnvironment environment;
  OperatedTarget target;
  Cluster& cluster = target.cluster;
  std::unique_ptr<Nemesis> nemesis;
  Rng rng{7};

  Op carry_out(const Op& op) { return faultline::carry_out(environment, *nemesis, op); }
  Op change(const char* what, const char* node) {
    return carry_out(invocation(kChange, Values{what, node}));
  }
};

const std::map<std::string, Change> kChanges{{"add-voter", Change::add_voter},
                                             {"add-learner", Change::add_learner},
                                             {"remove", Change::remove},
                                             {"lead", Change::lead}};

bool makes_sense(const Membership& members, const std::string& change, NodeId node) {
  const bool votes = std::ranges::count(members.voters, node) > 0;
  const bool learns = std::ranges::count(members.learners, node) > 0;
  return std::map<std::string, bool>{
      {"add-voter", !votes}, {"add-learner", !learns}, {"remove", votes || learns}, {"lead", votes}}
      .at(change);
}

TEST_F(MembershipTest, MakesEveryChangeAndLeavesTwoVoters) {
  std::map<std::string, int> done;
  std::size_t fewest = 5;
  int at_once = 0;
  for (int i = 0; i < 2'000; ++i) {
    const Op proposed = *nemesis->propose(rng);
    ASSERT_EQ(proposed.f, kChange);
    EXPECT_THAT(cluster.deeds, IsEmpty()) << "proposing changes nothing";
    Cluster then = cluster;
    const Op completed = carry_out(proposed);
    EXPECT_EQ(completed.value, proposed.value);
    EXPECT_TRUE(completed.error.empty());
    const Values what = proposed.value.items();
    const auto deeds = std::exchange(cluster.deeds, {});
    ASSERT_THAT(deeds, SizeIs(what.size() / 2));
    for (std::size_t at = 0; at < deeds.size(); ++at) {
      const std::string& name = what[2 * at].text();
      ASSERT_EQ(deeds[at], name + " " + what[2 * at + 1].text());
      const NodeId node = parse_nodes(what[2 * at + 1].text(), 5)->front();
      EXPECT_TRUE(makes_sense(then.members, name, node)) << deeds[at];
      then.change(kChanges.at(name), node);
      ++done[name];
    }
    at_once += deeds.size() > 1 ? 1 : 0;
    fewest = std::min(fewest, cluster.members.voters.size());
  }
  EXPECT_EQ(fewest, 2U);
  EXPECT_THAT(at_once, Ge(100));
  for (const char* each : {"add-voter", "add-learner", "remove", "lead"}) {
    EXPECT_THAT(done[each], Ge(100)) << each;
  }
}

TEST_F(MembershipTest, HealingMakesEveryNodeAVoterHoweverOftenItIsRefused) {
  for (const char* node : {"n2", "n4", "n5"}) change("remove", node);
  change("add-learner", "n4");
  ASSERT_THAT(cluster.members.voters, ElementsAre(0, 2));
  const auto cures = nemesis->healing();
  ASSERT_THAT(cures, ElementsAre(invocation(kRestore)));
  cluster.deeds.clear();
  cluster.silent = 2;
  cluster.refuses = 3;
  const Op done = carry_out(cures.front());
  EXPECT_TRUE(done.error.empty());
  EXPECT_EQ(done.value, Value("n1 n3 n2 n4 n5"));
  EXPECT_THAT(cluster.deeds, ElementsAre("add-voter n2", "add-voter n2", "add-voter n2",
                                         "add-voter n2", "add-voter n4", "add-voter n5"));
  EXPECT_THAT(cluster.members.voters, SizeIs(5));
  EXPECT_THAT(cluster.members.learners, IsEmpty());
  EXPECT_THAT(nemesis->healing(), IsEmpty());
}

TEST_F(MembershipTest, ARefusedChangeMayHaveBeenMadeSoItIsHealed) {
  EXPECT_THAT(nemesis->healing(), IsEmpty());
  change("lead", "n2");
  EXPECT_THAT(nemesis->healing(), IsEmpty()) << "whoever leads is well";
  cluster.refuses = 1;
  EXPECT_EQ(change("remove", "n2").error.name(), "refused");
  EXPECT_THAT(nemesis->healing(), SizeIs(1));
}

TEST_F(MembershipTest, WhoTheMembersAreIsAskedBeforeAVoteIsTaken) {
  cluster.members = {{0, 1}, {}};  // which the nemesis does not know
  EXPECT_EQ(change("remove", "n2").error.name(), "too few voters");
  EXPECT_EQ(change("add-learner", "n1").error.name(), "too few voters");
  EXPECT_THAT(cluster.deeds, IsEmpty());
  EXPECT_TRUE(change("add-voter", "n3").error.empty());
  EXPECT_TRUE(change("remove", "n2").error.empty());
  cluster.silent = 2;  // so it goes by what it was told last, and by what it did since
  EXPECT_EQ(change("remove", "n1").error.name(), "too few voters");
  EXPECT_TRUE(change("add-voter", "n2").error.empty());
  EXPECT_THAT(cluster.deeds, ElementsAre("add-voter n3", "remove n2", "add-voter n2"));
}

TEST_F(MembershipTest, WhatIsNoChangeIsRefused) {
  EXPECT_THROW(change("expel", "n1"), std::runtime_error);
  EXPECT_THROW(change("remove", "n6"), std::runtime_error);
  EXPECT_THROW(change("remove", "n1 n2"), std::runtime_error);
  EXPECT_THROW(carry_out(invocation(kChange, "remove")), std::runtime_error);
  EXPECT_THROW(carry_out(invocation(kChange, Values{"remove", "n1", "remove"})),
               std::runtime_error);
  EXPECT_THAT(cluster.deeds, IsEmpty());
}

TEST_F(MembershipTest, ANodeMayTakeItsTimeUntilItHasTheWholeLog) {
  change("remove", "n2");
  cluster.refuses = 100;
  const Op done = carry_out(nemesis->healing().front());
  EXPECT_TRUE(done.error.empty());
  EXPECT_GE(environment.clock().now(), 19 * kSecond);
}

TEST_F(MembershipTest, ARestorationThatFailsSaysSoInTheEnd) {
  change("remove", "n2");
  cluster.refuses = 1'000'000;
  const Op done = carry_out(nemesis->healing().front());
  EXPECT_EQ(done.error.name(), "not every node is a voter again");
  EXPECT_EQ(done.value, Value("n1 n3 n4 n5"));
  EXPECT_GE(environment.clock().now(), 60 * kSecond);
  EXPECT_THAT(nemesis->healing(), SizeIs(1));
}

struct MembershipOfOneTest : MembershipTest {
  MembershipOfOneTest() : MembershipTest(1) {}
};
TEST_F(MembershipOfOneTest, HasNothingToChange) {
  EXPECT_EQ(nemesis->propose(rng), std::nullopt);
}

TEST(MembershipNemesis, NeedsMembersThatCanBeChanged) {
  RecordingEnvironment environment(3);
  LedTarget target;
  const auto made = make_membership(nemesis_context(environment, target));
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("members of this target are fixed"));
}

}  // namespace
}  // namespace faultline
