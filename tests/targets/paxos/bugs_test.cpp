#include "targets/paxos/bugs.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace faultline::paxos {
namespace {

using Names = std::vector<std::string>;

Result<Bugs> parse(const Names& names) {
  return parse_bugs<Bugs>("paxos", known_bugs(), names);
}

TEST(Bugs, EachNameTurnsOnItsFlagAlone) {
  ASSERT_GE(known_bugs().size(), 8U);
  for (const BugOf<Bugs>& bug : known_bugs()) {
    const Result<Bugs> bugs = parse(Names{std::string(bug.name)});
    ASSERT_TRUE(bugs.has_value());
    for (const BugOf<Bugs>& other : known_bugs()) {
      EXPECT_EQ((*bugs).*(other.flag), other.name == bug.name) << bug.name << " " << other.name;
    }
    EXPECT_FALSE(bug.doc.empty());
    EXPECT_FALSE(bug.source.empty());
  }
}

TEST(Bugs, SeveralMayBeNamed) {
  const Result<Bugs> bugs = parse(Names{"local-read", "forget-promise"});
  ASSERT_TRUE(bugs.has_value());
  EXPECT_TRUE(bugs->local_read && bugs->forget_promise);
  EXPECT_FALSE(bugs->equal_ballots || bugs->any_ballot);
  EXPECT_TRUE(parse(Names{}).has_value());
}

TEST(Bugs, AnUnknownNameIsAnErrorThatNamesTheKnownOnes) {
  for (const Names& names : {Names{"no-such"}, Names{"local-read", "no-such"}, Names{"local"},
                             Names{"local-read", "", "forget-promise"}}) {
    const Result<Bugs> bugs = parse(names);
    ASSERT_TRUE(bugs.has_error()) << names.back();
    for (const BugOf<Bugs>& bug : known_bugs()) {
      EXPECT_NE(bugs.error().message.find(bug.name), std::string::npos) << bugs.error().message;
    }
  }
}

}  // namespace
}  // namespace faultline::paxos
