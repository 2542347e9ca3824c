// The table of bugs of each embedded target, and the naming of them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "targets/dynamo/config.hpp"
#include "targets/paxos/config.hpp"
#include "targets/raft/config.hpp"

namespace faultline {
namespace {

using Names = std::vector<std::string>;

struct Raft {
  static constexpr auto kName = "Raft";
  static constexpr std::size_t kAtLeast = 18;
  static constexpr auto known_bugs = raft::known_bugs;
  static constexpr auto make_config = raft::make_config;
};
struct Paxos {
  static constexpr auto kName = "Paxos";
  static constexpr std::size_t kAtLeast = 8;
  static constexpr auto known_bugs = paxos::known_bugs;
  static constexpr auto make_config = paxos::make_config;
};
struct Dynamo {
  static constexpr auto kName = "Dynamo";
  static constexpr std::size_t kAtLeast = 8;
  static constexpr auto known_bugs = dynamo::known_bugs;
  static constexpr auto make_config = dynamo::make_config;
};

template <class Target>
class BugTable : public testing::Test {
 protected:
  // The names of those that are on, in the order of the table.
  static Names turned_on_by(const Names& names) {
    const auto config = Target::make_config(names, {});
    EXPECT_TRUE(config.has_value());
    Names on;
    for (const auto& bug : Target::known_bugs()) {
      if (config && config->bugs.*(bug.flag)) on.emplace_back(bug.name);
    }
    return on;
  }
};

struct TargetName {
  template <class Target>
  static std::string GetName(int) {
    return Target::kName;
  }
};
using Targets = testing::Types<Raft, Paxos, Dynamo>;
TYPED_TEST_SUITE(BugTable, Targets, TargetName);

TYPED_TEST(BugTable, EachNameTurnsOnItsFlagAlone) {
  ASSERT_GE(TypeParam::known_bugs().size(), TypeParam::kAtLeast);
  for (const Bug& bug : TypeParam::known_bugs()) {
    const Names alone{std::string(bug.name)};
    EXPECT_EQ(this->turned_on_by(alone), alone);
    EXPECT_FALSE(bug.doc.empty() || bug.rule.empty() || bug.source.empty() || bug.faults.empty());
  }
}

TYPED_TEST(BugTable, SeveralMayBeNamed) {
  const Names two{std::string(TypeParam::known_bugs().front().name),
                  std::string(TypeParam::known_bugs().back().name)};
  EXPECT_EQ(this->turned_on_by(two), two);
  EXPECT_EQ(this->turned_on_by({}), Names{});
}

TYPED_TEST(BugTable, AnUnknownNameIsAnErrorThatNamesTheKnownOnes) {
  const std::string known(TypeParam::known_bugs().front().name);
  const std::string part = known.substr(0, known.find('-'));
  for (const Names& names :
       {Names{"no-such"}, Names{known, "no-such"}, Names{part}, Names{known, "", known}}) {
    const auto config = TypeParam::make_config(names, {});
    ASSERT_TRUE(config.has_error()) << names.back();
    for (const Bug& bug : TypeParam::known_bugs()) {
      EXPECT_NE(config.error().message.find(bug.name), std::string::npos) << config.error().message;
    }
  }
}

}  // namespace
}  // namespace faultline
