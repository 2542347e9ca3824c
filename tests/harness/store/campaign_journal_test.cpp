#include "harness/store/campaign_journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const Json kHeader{{"seeds", "1-3"}};

Json line(int run) {
  return {{"run", run}, {"verdict", "valid"}};
}

// A journal of runs 0 and 1, closed again.
void make_journal(const std::filesystem::path& path) {
  auto journal = CampaignJournal::open(path);
  ASSERT_TRUE(journal) << journal.error().message;
  EXPECT_TRUE(journal->found().header.is_null());
  ASSERT_TRUE(journal->begin(kHeader));
  ASSERT_TRUE(journal->append(line(0)));
  ASSERT_TRUE(journal->append(line(1)));
}

TEST(CampaignJournal, GoesOnWhereItLeft) {
  const ScratchDirectory scratch;
  make_journal(scratch / "c");
  {
    auto again = CampaignJournal::open(scratch / "c");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->found().header, kHeader);
    EXPECT_EQ(again->found().lines, (std::vector<Json>{line(0), line(1)}));
    EXPECT_FALSE(again->found().torn);
    ASSERT_TRUE(again->append(line(2)));
  }
  const auto read = CampaignJournal::read(scratch / "c");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->lines, (std::vector<Json>{line(0), line(1), line(2)}));
}

TEST(CampaignJournal, ATornLastLineIsDroppedAndWrittenOver) {
  const ScratchDirectory scratch;
  make_journal(scratch / "c");
  const std::string whole = slurp(scratch / "c");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    spill(scratch / "c", whole.substr(0, size));
    const std::size_t kept = whole.substr(0, size).rfind('\n') + 1;
    auto journal = CampaignJournal::open(scratch / "c");
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_EQ(journal->found().torn, kept != size);
    EXPECT_EQ(slurp(scratch / "c"), whole.substr(0, kept));
    EXPECT_EQ(journal->found().header.is_null(), kept == 0);
    ASSERT_TRUE(journal->append(line(7)));
    EXPECT_EQ(slurp(scratch / "c"), whole.substr(0, kept) + line(7).dump() + "\n");
  }
}

TEST(CampaignJournal, ReadingLeavesTheFileAsItIs) {
  const ScratchDirectory scratch;
  make_journal(scratch / "c");
  std::ofstream(scratch / "c", std::ios::app) << "{\"run\":";
  const std::string before = slurp(scratch / "c");
  const auto read = CampaignJournal::read(scratch / "c");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->torn);
  EXPECT_EQ(read->lines.size(), 2U);
  EXPECT_EQ(slurp(scratch / "c"), before);
}

TEST(CampaignJournal, WhatIsNoJournalIsRefusedByItsPlace) {
  const ScratchDirectory scratch;
  const auto message = [&](std::string_view text) {
    spill(scratch / "c", text);
    const auto read = CampaignJournal::read(scratch / "c");
    return read ? std::string("no error") : read.error().message;
  };
  EXPECT_THAT(message("{}\n"), HasSubstr("c:1:1: expected the journal of a campaign, version 1"));
  EXPECT_THAT(message("{\"faultline\":\"history\",\"version\":1}\n"), HasSubstr("c:1:1: expected"));
  EXPECT_THAT(message("{\"faultline\":\"campaign\",\"version\":2}\n"), HasSubstr("version 1"));
  EXPECT_THAT(message("{\"faultline\":\"campaign\",\"version\":1}\n{}\n[1]\n{}\n"),
              HasSubstr("c:3:1: expected a JSON object"));
  EXPECT_FALSE(CampaignJournal::read(scratch / "none"));
  EXPECT_FALSE(CampaignJournal::open(scratch / "no" / "such"));
}

// The process that is forked keeps the journal taken although the one that opened it is gone.
TEST(CampaignJournal, NobodyElseHasItAtTheSameTime) {
  const ScratchDirectory scratch;
  make_journal(scratch / "c");
  pid_t worker = 0;
  {
    const auto journal = CampaignJournal::open(scratch / "c");
    ASSERT_TRUE(journal);
    worker = ::fork();
    if (worker == 0) {
      ::pause();
      ::_exit(0);
    }
  }
  const auto other = CampaignJournal::open(scratch / "c");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("another campaign is at work there"));
  ::kill(worker, SIGKILL);
  ::waitpid(worker, nullptr, 0);
  EXPECT_TRUE(CampaignJournal::open(scratch / "c"));
}

}  // namespace
}  // namespace faultline
