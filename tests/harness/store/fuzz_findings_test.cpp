// What fuzzing found (tests/fuzz), so that it stays mended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

TEST(FuzzFindings, AFunctionInAMessageIsShownOnOneLine) {
  EXPECT_THAT(bad("{:type :ok :f :put :key 1 :value \"\"}{:type :ok :f \"a\nb\x1b\" :key 1}"),
              EndsWith("in a key-value log, found :a?b?"));
}

TEST(FuzzFindings, AKeyInANoteIsShownOnOneLine) {
  EXPECT_THAT(good("{:type :ok \"a\nb\" 1 [\n2] 3}").notes,
              ElementsAre("keys that were not used: \"a?b\" [?2]"));
}

}  // namespace
}  // namespace faultline
