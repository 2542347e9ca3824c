// Shapes of partitions, for clusters of 1 to 9 nodes in shuffled orders.
#include "nemeses/grudge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/core/rng.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;
using Seen = std::set<NodeId>;

bool cuts(const Grudge& grudge, NodeId from, NodeId to) {
  return std::find(grudge.begin(), grudge.end(), std::pair(from, to)) != grudge.end();
}

bool is_symmetric(const Grudge& grudge) {
  return std::all_of(grudge.begin(), grudge.end(),
                     [&](const auto& link) { return cuts(grudge, link.second, link.first); });
}

// The nodes whose messages reach `node`, itself among them.
Seen heard_by(const Grudge& grudge, NodeId node, int size) {
  Seen seen;
  for (NodeId other = 0; other < size; ++other) {
    if (!cuts(grudge, other, node)) seen.insert(other);
  }
  return seen;
}

// Calls visit(nodes) for several orders of 1 to 9 nodes.
template <class Visit>
void for_each_order(Visit visit) {
  constexpr std::uint64_t kSeed = 20240817;
  Rng rng(kSeed);
  for (int size = 1; size <= 9; ++size) {
    for (int round = 0; round < 10; ++round) {
      Nodes nodes = all_nodes(size);
      if (round > 0) rng.shuffle(nodes);
      SCOPED_TRACE("seed " + std::to_string(kSeed) + ", nodes " + node_names(nodes));
      visit(nodes, size);
    }
  }
}

// Whether `grudge` separates the first `count` of `nodes` from the others, and does nothing else.
bool splits_at(const Grudge& grudge, const Nodes& nodes, int count) {
  for (int i = 0; i < static_cast<int>(nodes.size()); ++i) {
    for (int j = 0; j < static_cast<int>(nodes.size()); ++j) {
      const bool apart = (i < count) != (j < count);
      const auto at = [&](int k) { return nodes[static_cast<std::size_t>(k)]; };
      if (cuts(grudge, at(i), at(j)) != apart) return false;
    }
  }
  return true;
}

TEST(Grudge, AMajorityIsMoreThanHalfAndNoMore) {
  for (int size = 1; size <= 9; ++size) {
    EXPECT_GT(2 * majority(size), size);
    EXPECT_LE(2 * (majority(size) - 1), size);
  }
}

TEST(Grudge, NoShapeCutsANodeFromItselfOrLeavesTheCluster) {
  for_each_order([](const Nodes& nodes, int size) {
    for (const auto& shape : {isolate_one, minority, halves, majorities_ring, bridge, one_way}) {
      for (const auto& [from, to] : shape(nodes)) {
        EXPECT_NE(from, to);
        EXPECT_TRUE(from >= 0 && from < size && to >= 0 && to < size);
      }
    }
  });
}

TEST(Grudge, AllShapesButOneWayAreSymmetric) {
  for_each_order([](const Nodes& nodes, int) {
    for (const auto& shape : {isolate_one, minority, halves, majorities_ring, bridge}) {
      EXPECT_TRUE(is_symmetric(shape(nodes)));
    }
  });
}

TEST(Grudge, ComponentsSeparateExactlyNodesOfDifferentParts) {
  const Grudge grudge = components({{0, 1}, {2}, {3, 4}});
  EXPECT_TRUE(is_symmetric(grudge));
  EXPECT_EQ(heard_by(grudge, 0, 5), (Seen{0, 1}));
  EXPECT_EQ(heard_by(grudge, 2, 5), (Seen{2}));
  EXPECT_EQ(heard_by(grudge, 4, 5), (Seen{3, 4}));
  EXPECT_TRUE(components({}).empty());
  EXPECT_TRUE(components({{0, 1, 2}}).empty());
}

TEST(Grudge, IsolateOneCutsTheFirstNodeOffInBothDirections) {
  for_each_order([](const Nodes& nodes, int size) {
    const Grudge grudge = isolate_one(nodes);
    EXPECT_TRUE(splits_at(grudge, nodes, 1));
    EXPECT_EQ(static_cast<int>(grudge.size()), 2 * (size - 1));
  });
}

TEST(Grudge, AMinorityLeavesAMajorityTogether) {
  for_each_order([](const Nodes& nodes, int size) {
    EXPECT_TRUE(splits_at(minority(nodes), nodes, size - majority(size)));
  });
}

TEST(Grudge, HalvesSplitInTheMiddle) {
  for_each_order(
      [](const Nodes& nodes, int size) { EXPECT_TRUE(splits_at(halves(nodes), nodes, size / 2)); });
}

TEST(Grudge, OnTheMajoritiesRingEverybodySeesAMajorityAndNoTwoTheSame) {
  for_each_order([](const Nodes& nodes, int size) {
    const Grudge grudge = majorities_ring(nodes);
    std::set<Seen> views;
    for (const NodeId node : nodes) {
      const Seen seen = heard_by(grudge, node, size);
      EXPECT_GE(static_cast<int>(seen.size()), majority(size)) << node_name(node);
      EXPECT_TRUE(seen.contains(node));
      views.insert(seen);
    }
    if (size >= 5 && size % 2 == 1) {
      EXPECT_EQ(static_cast<int>(views.size()), size);
    }
  });
}

TEST(Grudge, OverABridgeOnlyTheFirstNodeSeesBothHalves) {
  for_each_order([](const Nodes& nodes, int size) {
    const Grudge grudge = bridge(nodes);
    if (size < 3) {
      EXPECT_TRUE(grudge.empty());
      return;
    }
    EXPECT_EQ(static_cast<int>(heard_by(grudge, nodes.front(), size).size()), size);
    const Nodes others(nodes.begin() + 1, nodes.end());
    EXPECT_TRUE(splits_at(grudge, others, (size - 1) / 2));
  });
}

TEST(Grudge, OneWayTheMinorityHearsButIsNotHeard) {
  for_each_order([](const Nodes& nodes, int size) {
    const Grudge grudge = one_way(nodes);
    const int few = size - majority(size);
    EXPECT_EQ(static_cast<int>(grudge.size()), few * majority(size));
    for (int i = 0; i < size; ++i) {
      const NodeId node = nodes[static_cast<std::size_t>(i)];
      const auto heard = static_cast<int>(heard_by(grudge, node, size).size());
      EXPECT_EQ(heard, i < few ? size : size - few);
    }
    for (const auto& [from, to] : grudge) EXPECT_FALSE(cuts(grudge, to, from));
  });
}

TEST(Grudge, AllLinksAreThoseOfEveryNodeWithEveryOther) {
  for_each_order([](const Nodes& nodes, int size) {
    const Grudge grudge = all_links(nodes);
    EXPECT_EQ(static_cast<int>(grudge.size()), size * (size - 1));
    for (const NodeId node : nodes) EXPECT_EQ(heard_by(grudge, node, size), Seen{node});
  });
}

TEST(Grudge, OutAndInAreTheTwoDirectionsOfTheFirstNode) {
  for_each_order([](const Nodes& nodes, int size) {
    Grudge both = links_out(nodes);
    for (const auto& [from, to] : both) EXPECT_EQ(from, nodes.front());
    EXPECT_EQ(static_cast<int>(both.size()), size - 1);
    for (const auto& link : links_in(nodes)) {
      EXPECT_EQ(link.second, nodes.front());
      both.push_back(link);
    }
    EXPECT_EQ(describe(both), describe(isolate_one(nodes)));
  });
  EXPECT_EQ(single_link({2, 0, 1}), (Grudge{{2, 0}}));
  EXPECT_TRUE(single_link({0}).empty());
}

TEST(Grudge, OfClientsNoLinkBetweenNodesIsTouched) {
  struct Expected {
    Grudge (*shape)(const Nodes&);
    bool requests;
    bool answers;
    enum { one, minority, majority } nodes;
  };
  constexpr Expected kShapes[] = {{clients_of_one, true, true, Expected::one},
                                  {clients_of_minority, true, true, Expected::minority},
                                  {clients_of_majority, true, true, Expected::majority},
                                  {requests_to_minority, true, false, Expected::minority},
                                  {answers_of_one, false, true, Expected::one},
                                  {answers_of_majority, false, true, Expected::majority}};
  for_each_order([&](const Nodes& nodes, int size) {
    for (const Expected& expected : kShapes) {
      const int counts[] = {1, size - majority(size), majority(size)};
      const int count = counts[expected.nodes];
      const Grudge grudge = expected.shape(nodes);
      for (int i = 0; i < size; ++i) {
        const NodeId node = nodes[static_cast<std::size_t>(i)];
        EXPECT_EQ(cuts(grudge, kClients, node), expected.requests && i < count);
        EXPECT_EQ(cuts(grudge, node, kClients), expected.answers && i < count);
      }
      const int directions = int{expected.requests} + int{expected.answers};
      EXPECT_EQ(static_cast<int>(grudge.size()), directions * count) << "and nothing else";
    }
  });
}

TEST(Grudge, WithFirstIsAnOrderOfAllNodes) {
  EXPECT_EQ(with_first(0, 3), (Nodes{0, 1, 2}));
  EXPECT_EQ(with_first(2, 3), (Nodes{2, 1, 0}));
  EXPECT_EQ(with_first(0, 1), (Nodes{0}));
}

TEST(Grudge, ClientsAreAnEndLikeAnyOther) {
  const Grudge grudge{{kClients, 0}, {0, 1}, {2, kClients}};
  EXPECT_EQ(describe(grudge), "clients>n1 n1>n2 n3>clients");
  EXPECT_EQ(*parse_grudge("clients>n1 n1>n2 n3>clients", 3), grudge);
  EXPECT_FALSE(parse_grudge("clients>n4", 3));
  EXPECT_FALSE(parse_nodes("clients", 3)) << "they are no node";
}

TEST(Grudge, DescribeIsSortedAndUniqueAndParsesBack) {
  EXPECT_EQ(describe({{1, 0}, {0, 2}, {0, 1}, {0, 2}}), "n1>n2 n1>n3 n2>n1");
  EXPECT_EQ(describe({{9, 1}, {1, 9}}), "n2>n10 n10>n2");
  EXPECT_EQ(describe(Grudge{}), "");
  for_each_order([](const Nodes& nodes, int size) {
    Grudge grudge = majorities_ring(nodes);
    const auto parsed = parse_grudge(describe(grudge), size);
    ASSERT_TRUE(parsed);
    std::sort(grudge.begin(), grudge.end());
    EXPECT_EQ(*parsed, grudge);
  });
}

TEST(Grudge, AParseErrorNamesTheBadLink) {
  const auto complaint = [](const char* text) {
    const auto parsed = parse_grudge(text, 3);
    return parsed ? std::string("it parsed") : parsed.error().message;
  };
  EXPECT_THAT(complaint("n1>n2 n2-n3"), HasSubstr("'n2-n3'"));
  EXPECT_THAT(complaint("n1>n4"), HasSubstr("'n4'"));
  EXPECT_THAT(complaint("n1>n4"), HasSubstr("n1 to n3"));
  EXPECT_THAT(complaint("n0>n1"), HasSubstr("'n0'"));
  EXPECT_THAT(complaint("n1>"), HasSubstr("''"));
  EXPECT_THAT(complaint("n1>n2>n3"), HasSubstr("'n2>n3'"));
  EXPECT_THAT(complaint("n1>client"), HasSubstr("or clients"));
  EXPECT_THAT(complaint("n2>n2"), HasSubstr("'n2>n2'"));
  EXPECT_THAT(complaint("clients>clients"), HasSubstr("the same"));
  EXPECT_TRUE(parse_grudge("", 3)->empty());
}

TEST(Grudge, NamesOfNodesParseBack) {
  EXPECT_EQ(node_names({0, 2}), "n1 n3");
  EXPECT_EQ(*parse_nodes("n1 n3", 3), (Nodes{0, 2}));
  EXPECT_TRUE(parse_nodes("", 3)->empty());
  const auto bad = parse_nodes("n1 n4", 3);
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message, HasSubstr("'n4'"));
}

}  // namespace
}  // namespace faultline
