#include "harness/environments/local/write_ahead_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <vector>

#include "tests/harness/environments/local/scratch_directory.hpp"

namespace faultline::local {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Records = std::vector<std::string>;

struct Opened {
  std::optional<WriteAheadLog> log;
  Records records;
  std::string note;
  std::string error;
};

Opened open_log(const ScratchDirectory& directory) {
  WriteAheadLog::Recovered recovered;
  Result<WriteAheadLog> log = WriteAheadLog::open(directory.path(), recovered);
  if (!log) return {std::nullopt, {}, {}, log.error().message};
  return {std::move(*log), recovered.records, recovered.note, {}};
}

class WriteAheadLogTest : public testing::Test {
 protected:
  // One block of these records.
  void write(const Records& records) {
    Opened opened = open_log(directory_);
    ASSERT_TRUE(opened.log) << opened.error;
    for (const std::string& record : records) opened.log->append(record);
    ASSERT_TRUE(opened.log->sync());
  }
  // Puts `content` in the place of the log, and opens it.
  Opened open_with(const std::string& content) {
    spill(file_, content);
    return open_log(directory_);
  }
  std::string content() const { return slurp(file_); }

  ScratchDirectory directory_;
  const std::string file_ = directory_ / kLogFile;
};

TEST_F(WriteAheadLogTest, WhatWasSyncedComesBackInOrder) {
  EXPECT_THAT(open_log(directory_).records, IsEmpty());
  const std::string large(100'000, 'z');
  write({"a", "", large});
  write({std::string("\0b", 2)});
  const Opened opened = open_log(directory_);
  EXPECT_THAT(opened.records, ElementsAre("a", "", large, std::string("\0b", 2)));
  EXPECT_THAT(opened.note, IsEmpty());
}

TEST_F(WriteAheadLogTest, WhatWasNotSyncedIsLost) {
  {
    Opened opened = open_log(directory_);
    opened.log->append("kept");
    ASSERT_TRUE(opened.log->sync());
    opened.log->append("lost");
    EXPECT_EQ(opened.log->unsynced_bytes(), 4U + 4U);
  }
  EXPECT_THAT(open_log(directory_).records, ElementsAre("kept"));
}

TEST_F(WriteAheadLogTest, ARewriteTakesThePlaceOfAllBefore) {
  write({"a", "b"});
  {
    Opened opened = open_log(directory_);
    opened.log->append("never synced");
    ASSERT_TRUE(opened.log->rewrite({"c", ""}));
    EXPECT_THAT(open_log(directory_).error, HasSubstr("in use"));
    opened.log->append("d");
    ASSERT_TRUE(opened.log->sync());
  }
  const Opened opened = open_log(directory_);
  EXPECT_THAT(opened.records, ElementsAre("c", "", "d"));
  EXPECT_THAT(opened.note, IsEmpty());
}

TEST_F(WriteAheadLogTest, ARewriteThatACrashCutShortLeavesTheOldLog) {
  write({"a", "b"});
  spill(file_ + ".new", "half of a new one");
  EXPECT_THAT(open_log(directory_).records, ElementsAre("a", "b"));
  ASSERT_TRUE(open_log(directory_).log->rewrite({"c"}));
  EXPECT_THAT(open_log(directory_).records, ElementsAre("c"));
}

TEST_F(WriteAheadLogTest, ASyncOfNothingWritesNothing) {
  write({"a"});
  const std::string before = content();
  Opened opened = open_log(directory_);
  ASSERT_TRUE(opened.log->sync());
  EXPECT_EQ(content(), before);
}

// Three blocks, of which the last spans sectors.
class BlocksTest : public WriteAheadLogTest {
 protected:
  void SetUp() override {
    for (const Records& records : kRecords) {
      write(records);
      ends_.push_back(content().size());
    }
    content_ = content();
  }
  // The records of the blocks that `size` bytes hold.
  static Records within(std::size_t size, const std::vector<std::size_t>& ends) {
    Records all;
    for (std::size_t i = 0; i < ends.size() && ends[i] <= size; ++i) {
      all.insert(all.end(), kRecords[i].begin(), kRecords[i].end());
    }
    return all;
  }

  inline static const std::vector<Records> kRecords{
      {"one"}, {"two", "", "three"}, {"four", std::string(700, 'x')}};
  std::vector<std::size_t> ends_;
  std::string content_;
};

TEST_F(BlocksTest, TornAtEveryByte) {
  for (std::size_t size = 0; size <= content_.size(); ++size) {
    Opened opened = open_with(content_.substr(0, size));
    ASSERT_TRUE(opened.log) << size << ": " << opened.error;
    const Records whole = within(size, ends_);
    EXPECT_EQ(opened.records, whole) << size;
    const bool boundary = size == 0 || std::count(ends_.begin(), ends_.end(), size) == 1;
    EXPECT_EQ(opened.note.empty(), boundary) << size << ": " << opened.note;

    // It can be gone on with.
    opened.log->append("next");
    ASSERT_TRUE(opened.log->sync());
    opened.log.reset();
    Records more = whole;
    more.emplace_back("next");
    const Opened again = open_log(directory_);
    EXPECT_EQ(again.records, more) << size;
    EXPECT_THAT(again.note, IsEmpty()) << size;
  }
}

TEST_F(BlocksTest, FlippedAtEveryByte) {
  for (std::size_t at = 0; at < content_.size(); ++at) {
    std::string bad = content_;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
    const Opened opened = open_with(bad);
    EXPECT_FALSE(opened.log) << "byte " << at;
    EXPECT_THAT(opened.error, HasSubstr(": damaged at byte ")) << at;
    EXPECT_EQ(content(), bad) << "nothing is changed by a refusal";
  }
}

TEST_F(BlocksTest, AMissingMiddleIsDamage) {
  std::string bad = content_;
  bad.erase(ends_[0], ends_[1] - ends_[0]);
  EXPECT_THAT(open_with(bad).error, HasSubstr("damaged at byte " + std::to_string(ends_[0])));
}

TEST_F(BlocksTest, ABlockInAnotherPlaceIsDamage) {
  const std::string twice = content_.substr(0, ends_[0]) + content_.substr(0, ends_[0]);
  EXPECT_THAT(open_with(twice).error, HasSubstr("damaged at byte " + std::to_string(ends_[0])));
}

// What a file system leaves that made the file longer before it wrote what is in it.
TEST_F(BlocksTest, ZerosAtTheEndAreAWriteThatNeverWas) {
  for (const std::size_t zeros : {1U, 11U, 12U, 600U, 5000U}) {
    const Opened opened = open_with(content_ + std::string(zeros, '\0'));
    EXPECT_EQ(opened.records, within(content_.size(), ends_)) << zeros << opened.error;
    EXPECT_THAT(opened.note, HasSubstr("are dropped"));
  }
}

TEST_F(BlocksTest, ASectorOfTheLastBlockThatWasNeverWritten) {
  std::string torn = content_;
  std::fill(torn.begin() + 512, torn.end(), '\0');
  {
    const Opened opened = open_with(torn);
    EXPECT_EQ(opened.records, within(ends_[1], ends_)) << opened.error;
  }
  // With a block behind it, it had been synced.
  spill(file_, content_);
  write({"behind"});
  std::string bad = content();
  std::fill(bad.begin() + 512, bad.begin() + static_cast<std::ptrdiff_t>(ends_[2]), '\0');
  EXPECT_THAT(open_with(bad).error, HasSubstr("damaged at byte " + std::to_string(ends_[1])));
}

// A record of zeros behind the damage must not make it look torn.
TEST_F(BlocksTest, ZerosThatWereWrittenExcuseNothing) {
  write({std::string(3000, '\0')});
  std::string bad = content();
  bad[ends_[0]] ^= 1;
  EXPECT_THAT(open_with(bad).error, HasSubstr("damaged at byte " + std::to_string(ends_[0])));
}

TEST_F(WriteAheadLogTest, ASecondProcessIsRefused) {
  const Opened first = open_log(directory_);
  ASSERT_TRUE(first.log);
  EXPECT_THAT(open_log(directory_).error, HasSubstr("in use by another process"));
}

TEST_F(WriteAheadLogTest, WithoutADirectoryThereIsNoLog) {
  WriteAheadLog::Recovered recovered;
  const auto log = WriteAheadLog::open(directory_ / "missing", recovered);
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error().message, HasSubstr("missing/write-ahead.log: cannot open it: No such"));
}

TEST_F(WriteAheadLogTest, AWriteThatFailsIsToldAndLeavesATornBlock) {
  write({"safe"});
  Opened opened = open_log(directory_);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  opened.log->append(std::string(5000, 'w'));
  const Result<void> synced = opened.log->sync();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, ignored);
  ASSERT_FALSE(synced);
  EXPECT_THAT(synced.error().message, HasSubstr("cannot write to it: File too large"));
  opened.log.reset();
  const Opened again = open_log(directory_);
  EXPECT_THAT(again.records, ElementsAre("safe"));
  EXPECT_THAT(again.note, HasSubstr("980 bytes of a write"));
}

}  // namespace
}  // namespace faultline::local
