// What a coordinator does: quorums, versions, read repair, and what breaks without their rules.
#include <gtest/gtest.h>

#include "tests/targets/dynamo/cluster.hpp"

namespace faultline::dynamo {
namespace {

constexpr std::int64_t kKey = 3;

Config config_of(const std::vector<std::string>& settings,
                 const std::vector<std::string>& bugs = {}) {
  return *make_config(bugs, settings);
}

// The nodes by their part for kKey: 0 to 2 are its replicas, 3 and 4 are not.
std::vector<NodeId> nodes_of(const Cluster& cluster) {
  return cluster.node(0).preference_list(kKey);
}

bool ok(const std::optional<Response>& response) {
  return response && response->kind == Response::Kind::ok;
}

using Values = std::vector<std::int64_t>;

TEST(Quorum, EveryNodeKnowsTheSameReplicasAndKeysAreSpread) {
  Cluster cluster({});
  std::set<NodeId> first;
  for (std::int64_t key = 0; key < 50; ++key) {
    const auto list = cluster.node(0).preference_list(key);
    EXPECT_EQ(std::set<NodeId>(list.begin(), list.end()).size(), 5U);
    for (NodeId node = 1; node < 5; ++node) {
      EXPECT_EQ(cluster.node(node).preference_list(key), list);
    }
    first.insert(list.front());
  }
  EXPECT_EQ(first.size(), 5U);
}

TEST(Quorum, AnyNodeCoordinatesAndOnlyReplicasStore) {
  Cluster cluster({});
  for (NodeId node = 0; node < 5; ++node) {
    const RequestId write = cluster.write(node, kKey, node);
    cluster.deliver_all();
    EXPECT_TRUE(ok(cluster.answer(write)));
    EXPECT_EQ(cluster.read_now(4 - node, kKey)->values, Values{node});
  }
  const auto nodes = nodes_of(cluster);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(cluster.value(nodes[i], kKey), 4);
  for (std::size_t i = 3; i < 5; ++i) EXPECT_TRUE(cluster.node(nodes[i]).replica().items().empty());
  for (NodeId node = 0; node < 5; ++node) EXPECT_EQ(cluster.node(node).open_operations(), 0U);
}

TEST(Quorum, AStrictOneNeedsItsReplicas) {
  Cluster cluster({});
  const auto nodes = nodes_of(cluster);
  cluster.isolate(nodes[0]);
  cluster.isolate(nodes[1]);
  const RequestId read = cluster.read(nodes[3], kKey);
  const RequestId write = cluster.write(nodes[3], kKey, 1);
  cluster.run_for(900 * kMillisecond);
  EXPECT_FALSE(cluster.answer(read) || cluster.answer(write));
  cluster.run_for(300 * kMillisecond);
  EXPECT_EQ(cluster.answer(read)->kind, Response::Kind::unavailable);
  EXPECT_EQ(cluster.answer(write)->kind, Response::Kind::unavailable) << "nothing was stored";
  cluster.heal();
  cluster.run_for(2 * kSecond);
  EXPECT_EQ(cluster.read_now(0, kKey)->values, Values{}) << "and it stays undone";
}

bool is_store(const Message& message) {
  return std::holds_alternative<Store>(message);
}

// A write of which only hints are stored.
std::optional<Response> write_left_to_hints(const Config& config) {
  Cluster cluster(config);
  cluster.loses = [](NodeId, NodeId to, const Message& message) {
    return is_store(message) && std::get<Store>(message).owner == to;
  };
  const auto nodes = nodes_of(cluster);
  const RequestId write = cluster.write(nodes[3], kKey, 1);
  cluster.run_for(150 * kMillisecond);
  EXPECT_FALSE(cluster.node(nodes[4]).replica().hints().empty());
  return cluster.answer(write);
}

TEST(Quorum, HintsDoNotCountTowardsAStrictOne) {
  EXPECT_FALSE(write_left_to_hints(config_of({"w=1", "r=3"})));
  EXPECT_TRUE(ok(write_left_to_hints(config_of({"w=1", "r=3"}, {"count-hints"}))));
}

TEST(Quorum, AWriteIsDoneWhenItIsStoredNotWhenItIsSent) {
  for (const bool bug : {false, true}) {
    Cluster cluster(config_of({"versions=clock"}, bug ? std::vector<std::string>{"ack-on-send"}
                                                      : std::vector<std::string>{}));
    const auto nodes = nodes_of(cluster);
    const RequestId write = cluster.write(nodes[3], kKey, 1);
    EXPECT_EQ(ok(cluster.answer(write)), bug);
    cluster.deliver_all();
    EXPECT_TRUE(ok(cluster.answer(write)));
  }
}

TEST(Quorum, ASloppyOneIsAnsweredByWhoIsThereAndHintsComeHome) {
  Cluster cluster(config_of({"sloppy=on"}));
  const auto nodes = nodes_of(cluster);
  for (std::size_t i = 1; i < 3; ++i) cluster.isolate(nodes[i]);
  const RequestId write = cluster.write(nodes[3], kKey, 1);
  cluster.run_for(400 * kMillisecond);
  EXPECT_TRUE(ok(cluster.answer(write)));
  EXPECT_FALSE(cluster.value(nodes[1], kKey));
  cluster.heal();
  cluster.run_for(kSecond);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(cluster.value(nodes[i], kKey), 1);
  for (NodeId node = 0; node < 5; ++node) {
    EXPECT_TRUE(cluster.node(node).replica().hints().empty());
  }
}

// Two reads, one after the other, of a version that only the first one's coordinator has.
std::pair<Values, Values> two_reads(const Config& config) {
  Cluster cluster(config);
  const auto nodes = nodes_of(cluster);
  cluster.write(nodes[3], kKey, 1);
  cluster.deliver_all();
  cluster.loses = [](NodeId, NodeId, const Message& message) { return is_store(message); };
  const RequestId half = cluster.write(nodes[0], kKey, 2);
  cluster.deliver_all();
  EXPECT_FALSE(cluster.answer(half));
  EXPECT_EQ(cluster.value(nodes[0], kKey), 2);
  cluster.loses = nullptr;
  const Values first = cluster.read_now(nodes[0], kKey)->values;
  cluster.isolate(nodes[0]);
  return {first, cluster.read_now(nodes[3], kKey)->values};
}

TEST(ReadRepair, BeforeTheAnswerMakesLaterReadsSeeTheSame) {
  EXPECT_EQ(two_reads(config_of({})), std::pair(Values{2}, Values{2}));
  EXPECT_EQ(two_reads(config_of({"repair=off"})), std::pair(Values{2}, Values{1}));
  EXPECT_EQ(two_reads(config_of({}, {"no-write-back"})), std::pair(Values{2}, Values{1}));
}

// Not only the one answered: a replica that missed a write has it after a read.
TEST(ReadRepair, MendsAReplicaThatAnsweredWithLess) {
  for (const auto& [repair, mended] :
       {std::pair("repair=before", true), {"repair=after", true}, {"repair=off", false}}) {
    Cluster cluster(config_of({"r=3", "w=1", repair}));
    const auto nodes = nodes_of(cluster);
    cluster.loses = [&](NodeId, NodeId to, const Message& message) {
      return to == nodes[2] && is_store(message);
    };
    const RequestId write = cluster.write(nodes[0], kKey, 1);
    cluster.deliver_all();
    EXPECT_TRUE(ok(cluster.answer(write)));
    EXPECT_FALSE(cluster.value(nodes[2], kKey));
    cluster.loses = nullptr;
    // With w=1 two holders are enough to answer; only a background repair reaches the third.
    EXPECT_EQ(cluster.read_now(nodes[1], kKey)->values, Values{1});
    const bool by_background = std::string_view(repair) == "repair=after";
    EXPECT_EQ(cluster.value(nodes[2], kKey).has_value(), by_background && mended) << repair;
  }
}

// Two writes at the same time by different coordinators, which the replicas get in another order.
std::set<std::int64_t> after_a_tie(const Config& config, bool one_coordinator) {
  Cluster cluster(config);
  const auto nodes = nodes_of(cluster);
  const NodeId other = one_coordinator ? nodes[3] : nodes[4];
  std::set<NodeId> waiting{nodes[0]};  // gets the second write first
  cluster.loses = [&](NodeId, NodeId to, const Message& message) {
    return is_store(message) && std::get<Store>(message).siblings.front().value == 1 &&
           waiting.contains(to);
  };
  cluster.write(nodes[3], kKey, 1);
  cluster.write(other, kKey, 2);
  cluster.deliver_all();
  cluster.loses = nullptr;
  cluster.run_for(5 * kSecond);  // whatever was lost is sent again, and the replicas exchange
  std::set<std::int64_t> values;
  for (std::size_t i = 0; i < 3; ++i) values.insert(cluster.value(nodes[i], kKey).value_or(-1));
  return values;
}

TEST(Stamps, EqualTimesAreOrderedTheSameWayEverywhere) {
  for (const bool one_coordinator : {false, true}) {
    EXPECT_EQ(after_a_tie(config_of({}), one_coordinator).size(), 1U);
    EXPECT_EQ(after_a_tie(config_of({"versions=clock"}), one_coordinator).size(), 1U);
  }
  EXPECT_EQ(after_a_tie(config_of({}, {"equal-stamps"}), false).size(), 2U);
}

TEST(Stamps, NoTwoWritesHaveTheSame) {
  EXPECT_EQ(after_a_tie(config_of({}, {"reuse-stamps"}), false).size(), 1U);
  EXPECT_EQ(after_a_tie(config_of({}, {"reuse-stamps"}), true).size(), 2U);
}

TEST(Stamps, ACoordinatorUsesNoNumberOfAnEarlierLife) {
  Cluster cluster({});
  const auto nodes = nodes_of(cluster);
  cluster.write(nodes[0], kKey, 1);
  cluster.deliver_all();
  const Stamp before = cluster.node(nodes[0]).replica().item(kKey).front().stamp;
  cluster.restart(nodes[0]);
  cluster.write(nodes[0], kKey + 1, 2);
  cluster.write(nodes[0], kKey, 2);
  cluster.deliver_all();
  const Stamp after = cluster.node(nodes[0]).replica().item(kKey).front().stamp;
  EXPECT_GT(after.number, before.number + (1ULL << 31U));
}

TEST(Clocks, TheLaterWriteIsLostIfItsCoordinatorIsBehind) {
  for (const auto& [versions, last] : {std::pair("versions=clock", 1), {"versions=counter", 2}}) {
    Cluster cluster(config_of({versions}));
    cluster.set_clock(0, 10 * kMillisecond);
    const RequestId first = cluster.write(0, kKey, 1);
    cluster.deliver_all();
    const RequestId second = cluster.write(1, kKey, 2);
    cluster.deliver_all();
    EXPECT_TRUE(ok(cluster.answer(first)) && ok(cluster.answer(second)));
    EXPECT_EQ(cluster.read_now(2, kKey)->values, Values{last}) << versions;
  }
}

TEST(Vectors, ConcurrentVersionsAreSiblingsUntilAWriteHasSeenThem) {
  Cluster cluster(config_of({"versions=vector"}));
  cluster.write(0, kKey, 10, {{1, 1}});
  cluster.write(4, kKey, 20, {{2, 1}});
  cluster.deliver_all();
  const auto both = cluster.read_now(3, kKey);
  EXPECT_EQ(both->values, (Values{10, 20}));
  EXPECT_EQ(both->context, (VersionVector{{1, 1}, {2, 1}}));
  VersionVector context = both->context;
  context[3] = 1;
  cluster.write(2, kKey, 30, context);
  cluster.deliver_all();
  EXPECT_EQ(cluster.read_now(1, kKey)->values, Values{30});
}

TEST(Vectors, ASiblingIsOverwrittenWithoutTheRule) {
  Cluster cluster(config_of({}, {"overwrite-siblings"}));
  cluster.write(0, kKey, 10, {{1, 1}});
  cluster.deliver_all();
  cluster.write(4, kKey, 20, {{2, 1}});
  cluster.deliver_all();
  EXPECT_EQ(cluster.read_now(3, kKey)->values, Values{20});
}

}  // namespace
}  // namespace faultline::dynamo
