// What fuzzing found (tests/fuzz), so that it stays mended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/store/evidence_file.hpp"
#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::StartsWith;

TEST(FuzzFindings, AFunctionInAMessageIsShownOnOneLine) {
  EXPECT_THAT(bad("{:type :ok :f :put :key 1 :value \"\"}{:type :ok :f \"a\nb\x1b\" :key 1}"),
              EndsWith("in a key-value log, found :a?b?"));
}

TEST(FuzzFindings, AKeyInANoteIsShownOnOneLine) {
  EXPECT_THAT(good("{:type :ok \"a\nb\" 1 [\n2] 3}").notes,
              ElementsAre("keys that were not used: \"a?b\" [?2]"));
}

// A number that is no integer, or one out of range, is not converted to one.
TEST(FuzzFindings, EvidenceWithANumberThatIsNoPositionIsRefused) {
  const auto error_of = [](const std::string& version, const std::string& events) {
    const auto read = read_evidence(
        Source::of_text("e", R"({"faultline-evidence":)" + version + R"(,"history":"h","events":)" +
                                 events + R"(,"model":"set","initial":[]})" + "\n"));
    return read ? "" : read.error().message;
  };
  EXPECT_EQ(error_of("1", "9"), "");
  for (const char* version : {"2e127", "-2e127", "1.5", "\"1\""}) {
    EXPECT_THAT(error_of(version, "9"), StartsWith("e:1:1: expected evidence")) << version;
  }
  for (const char* events : {"2e127", "1.5", "-1", "null"}) {
    EXPECT_THAT(error_of("1", events), StartsWith("e:1:1: expected evidence")) << events;
  }
}

}  // namespace
}  // namespace faultline
