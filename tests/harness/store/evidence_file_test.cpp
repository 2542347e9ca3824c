// evidence.jsonl: what was written is read; what is none is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/store/evidence_file.hpp"
#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;

TEST(EvidenceFile, IsReadAsItWasWritten) {
  const ScratchDirectory scratch;
  EvidenceFile file;
  file.history = "a \"b\".txt";
  file.independent = true;
  file.events = 12;
  file.evidence.model = "set";
  file.evidence.initial = Value(Value::List{Value(1), Value("x"), Value()});
  file.evidence.nil_read_unconstrained = true;
  file.evidence.parts = {{Value("k"), Verdict::valid, {4, 0, 2}, {}, {}},
                         {Value(3), Verdict::invalid, {}, Core{1, 9, {3, 5}}, {}},
                         {Value(4), Verdict::invalid, {}, Core{0, Core::kEnd, {1}}, {}},
                         {Value(5), Verdict::invalid, {}, {}, "no core was found"},
                         {Value(1, 2), Verdict::unknown, {}, {}, "out of time"}};
  ASSERT_TRUE(write_evidence(scratch / "e", file));
  const auto read = read_evidence(scratch / "e");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->history, file.history);
  EXPECT_EQ(read->independent, true);
  EXPECT_EQ(read->events, 12U);
  EXPECT_EQ(read->evidence.model, "set");
  EXPECT_EQ(read->evidence.initial, file.evidence.initial);
  EXPECT_TRUE(read->evidence.nil_read_unconstrained);
  ASSERT_EQ(read->evidence.parts.size(), file.evidence.parts.size());
  for (std::size_t i = 0; i < file.evidence.parts.size(); ++i) {
    const Evidence::Part& expected = file.evidence.parts[i];
    const Evidence::Part& part = read->evidence.parts[i];
    EXPECT_EQ(part.key, expected.key);
    EXPECT_EQ(part.verdict, expected.verdict);
    EXPECT_EQ(part.linearization, expected.linearization);
    EXPECT_EQ(part.reason, expected.reason);
    ASSERT_EQ(part.core.has_value(), expected.core.has_value());
    if (!part.core) continue;
    EXPECT_EQ(part.core->from, expected.core->from);
    EXPECT_EQ(part.core->to, expected.core->to);
    EXPECT_EQ(part.core->ops, expected.core->ops);
  }
}

std::string error_of(const std::string& text) {
  const ScratchDirectory scratch;
  std::ofstream(scratch / "e") << text;
  const auto read = read_evidence(scratch / "e");
  return read ? "" : read.error().message;
}

TEST(EvidenceFile, WhatIsNoneIsRefusedWithItsPlace) {
  const std::string header =
      R"({"faultline-evidence":1,"history":"h","events":2,"model":"set","initial":null})"
      "\n";
  EXPECT_EQ(error_of(header), "");
  EXPECT_THAT(error_of(""), HasSubstr("e:1:1: expected evidence"));
  EXPECT_THAT(error_of("[]\n"), HasSubstr("e:1:1: expected evidence"));
  EXPECT_THAT(error_of(R"({"faultline-evidence":2})"), HasSubstr("e:1:1: expected evidence"));
  EXPECT_THAT(error_of(R"({"faultline-evidence":1})"), HasSubstr("e:1:1: expected evidence"));
  for (const char* line :
       {"{", "3", "[]", "{}", R"({"verdict":"perhaps"})", R"({"verdict":"valid"})",
        R"({"verdict":"valid","linearization":[-1]})", R"({"verdict":"valid","linearization":3})",
        R"({"verdict":"invalid","core":{"from":0}})",
        R"({"verdict":"invalid","core":{"from":-1,"ops":[]}})",
        R"({"key":1.5,"verdict":"unknown"})", R"({"key":{},"verdict":"unknown"})"}) {
    EXPECT_THAT(error_of(header + line + "\n"), HasSubstr("e:2:1: expected the evidence")) << line;
  }
  const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
  EXPECT_THAT(error_of(header + "{\"key\":" + deep + ",\"verdict\":\"unknown\"}\n"),
              HasSubstr("e:2:1: expected the evidence"));
}

}  // namespace
}  // namespace faultline
