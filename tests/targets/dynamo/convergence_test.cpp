// Hints that come home, anti-entropy, crashes; and what breaks without their rules.
#include <gtest/gtest.h>

#include "harness/core/rng.hpp"
#include "tests/targets/dynamo/cluster.hpp"

namespace faultline::dynamo {
namespace {

constexpr std::int64_t kKey = 3;
using Texts = std::vector<std::string>;
using Values = std::vector<std::int64_t>;

Config config_of(const Texts& settings, const Texts& bugs = {}) {
  return *make_config(bugs, settings);
}

// A hint of version 1 comes home after version 2 was stored there.
std::optional<std::int64_t> after_a_late_hint(const Config& config) {
  Cluster cluster(config);
  const auto nodes = cluster.node(0).preference_list(kKey);
  bool hints_wait = true;
  cluster.loses = [&](NodeId, NodeId to, const Message& message) {
    if (std::holds_alternative<Handoff>(message)) return hints_wait;
    if (std::holds_alternative<Digests>(message)) return true;
    const Store* store = std::get_if<Store>(&message);
    return store != nullptr && store->siblings.front().value == 1 && to == nodes[0];
  };
  cluster.write(nodes[1], kKey, 1);
  cluster.run_for(kSecond);
  EXPECT_FALSE(cluster.value(nodes[0], kKey));
  cluster.write(nodes[1], kKey, 2);
  cluster.run_for(100 * kMillisecond);
  EXPECT_EQ(cluster.value(nodes[0], kKey), 2);
  hints_wait = false;
  cluster.run_for(kSecond);
  for (NodeId node = 0; node < 5; ++node) {
    EXPECT_TRUE(cluster.node(node).replica().hints().empty());
  }
  return cluster.value(nodes[0], kKey);
}

TEST(Handoff, NeverBringsAReplicaBackToAnOlderVersion) {
  EXPECT_EQ(after_a_late_hint(config_of({})), 2);
  EXPECT_EQ(after_a_late_hint(config_of({}, {"stale-handoff"})), 1);
}

// A write that only a hint holds, whose holder crashes before it comes home.
Values after_the_holder_crashed(const Config& config) {
  Cluster cluster(config);
  const auto nodes = cluster.node(0).preference_list(kKey);
  for (std::size_t i = 0; i < 3; ++i) cluster.isolate(nodes[i]);
  const RequestId write = cluster.write(nodes[3], kKey, 1, {{1, 1}});
  cluster.run_for(300 * kMillisecond);
  EXPECT_TRUE(cluster.answer(write).has_value());
  cluster.restart(nodes[3]);
  cluster.restart(nodes[4]);
  cluster.heal();
  cluster.run_for(2 * kSecond);
  return cluster.read_now(nodes[0], kKey)->values;
}

TEST(Handoff, AnAcknowledgedHintSurvivesACrash) {
  EXPECT_EQ(after_the_holder_crashed(config_of({"sloppy=on", "w=1", "versions=vector"})),
            Values{1});
  EXPECT_EQ(after_the_holder_crashed(config_of({}, {"forget-hints"})), Values{});
}

TEST(AntiEntropy, BringsReplicasTogetherThatHintsDoNotReach) {
  for (const char* versions : {"versions=counter", "versions=vector"}) {
    Cluster cluster(config_of({versions, "repair=off"}), 3);  // nobody could keep a hint
    cluster.isolate(2);
    for (std::int64_t key = 0; key < 10; ++key) cluster.write(0, key, key, {{1, 1}});
    cluster.run_for(1500 * kMillisecond);
    EXPECT_FALSE(cluster.value(2, 5));
    cluster.heal();
    cluster.run_for(1500 * kMillisecond);
    for (NodeId node = 0; node < 3; ++node) {
      for (std::int64_t key = 0; key < 10; ++key) EXPECT_EQ(cluster.value(node, key), key);
    }
  }
}

TEST(AntiEntropy, GivesNobodyAKeyThatIsNotHis) {
  Cluster cluster({});
  for (std::int64_t key = 0; key < 20; ++key) cluster.write(0, key, key);
  cluster.run_for(3 * kSecond);
  for (NodeId node = 0; node < 5; ++node) {
    for (const auto& [key, siblings] : cluster.node(node).replica().items()) {
      const auto list = cluster.node(node).preference_list(key);
      EXPECT_TRUE(std::find(list.begin(), list.begin() + 3, node) != list.begin() + 3);
    }
  }
}

// Whatever is lost, crashes or is cut off: in the end all replicas have the same, no hint is left,
// and every acknowledged write is there, or was overwritten.
class Storm : public testing::TestWithParam<const char*> {};

TEST_P(Storm, EndsInAgreement) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Rng rng(seed);
    Cluster cluster(config_of({GetParam(), "sloppy=on", "r=1", "w=1"}));
    Rng losses = rng.split("losses");
    cluster.loses = [&](NodeId, NodeId, const Message&) { return losses.chance(1, 5); };
    std::map<std::int64_t, std::set<std::int64_t>> written;
    for (std::int64_t i = 0; i < 150; ++i) {
      const auto node = static_cast<NodeId>(rng.below(5));
      const auto key = static_cast<std::int64_t>(rng.below(3));
      const auto dice = rng.below(10);
      if (dice == 0) cluster.restart(node);
      if (dice == 1) cluster.isolate(node);
      if (dice == 2) cluster.heal();
      if (dice > 4) {
        cluster.write(node, key, i, {{i, 1}});
        written[key].insert(i);
      }
      cluster.run_for(static_cast<Duration>(rng.below(4)) * 10 * kMillisecond);
    }
    cluster.heal();
    cluster.loses = nullptr;
    cluster.run_for(5 * kSecond);
    for (const auto& [key, values] : written) {
      const auto list = cluster.node(0).preference_list(key);
      const Siblings& first = cluster.node(list[0]).replica().item(key);
      for (const Version& version : first) EXPECT_TRUE(values.contains(version.value));
      for (std::size_t i = 1; i < 3; ++i) {
        ASSERT_EQ(cluster.node(list[i]).replica().item(key), first) << "seed " << seed;
      }
    }
    for (NodeId node = 0; node < 5; ++node) {
      ASSERT_TRUE(cluster.node(node).replica().hints().empty()) << "seed " << seed;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Storm,
                         testing::Values("versions=counter", "versions=clock", "versions=vector"));

}  // namespace
}  // namespace faultline::dynamo
