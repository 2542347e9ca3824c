#include "harness/store/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/harness/store/random_ops.hpp"
#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;

TEST(Journal, RoundTripsRandomOps) {
  constexpr std::uint64_t kSeed = 20261;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Rng rng(kSeed);
  const ScratchDirectory scratch;
  History recorded;
  {
    auto journal = Journal::create(scratch / "history.jsonl");
    ASSERT_TRUE(journal) << journal.error().message;
    for (int i = 0; i < 20'000; ++i) {
      recorded.push_back(random_op(rng));
      ASSERT_TRUE(journal->append(recorded.back()));
      if (rng.chance(1, 500)) {
        ASSERT_TRUE(journal->flush());
      }
    }
    ASSERT_TRUE(journal->flush());
  }
  const auto history = read_history(scratch / "history.jsonl");
  ASSERT_TRUE(history) << history.error().message;
  EXPECT_EQ(history->format, "jsonl");
  EXPECT_TRUE(history->notes.empty());
  EXPECT_FALSE(history->nil_read_unconstrained);
  ASSERT_EQ(history->ops.size(), recorded.size());
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    ASSERT_EQ(history->ops[i], recorded[i]) << "op " << i << ": " << to_string(recorded[i]);
  }
}

TEST(Journal, WritesWhatTheReadmeSays) {
  const ScratchDirectory scratch;
  auto journal = Journal::create(scratch / "h");
  ASSERT_TRUE(journal);
  Op write = op(3, OpType::invoke, "write", 2);
  write.time = 14532933;
  Op read = op(3, OpType::ok, "read");
  read.time = 14600000;
  Op cut = op(kNemesis, OpType::info, "start-partition", "n1 | n2 n3");
  cut.time = 15000000;
  Op cas = op(4, OpType::info, "cas", Value(2, 3));
  cas.key = 7;
  cas.error = kTimeout;
  cas.time = 5014600000;
  Op ask = op(5, OpType::invoke, "read");
  Op keyed_ask = ask;
  keyed_ask.key = 1;
  for (const Op& each : {write, read, cut, cas, ask, keyed_ask}) ASSERT_TRUE(journal->append(each));
  ASSERT_TRUE(journal->flush());
  EXPECT_EQ(slurp(scratch / "h"), std::string(formats::kJsonlHeader) +
                                      R"([14532933,3,"invoke","write",null,2]
[14600000,3,"ok","read",null,null]
[15000000,"nemesis","info","start-partition",null,"n1 | n2 n3"]
[5014600000,4,"info","cas",7,[2,3],"timeout"]
[0,5,"invoke","read"]
[0,5,"invoke","read",1]
)");
}

TEST(Journal, AnOpPairOfAKeyedRegisterTakesLessThanAHundredBytes) {
  const ScratchDirectory scratch;
  auto journal = Journal::create(scratch / "h");
  ASSERT_TRUE(journal);
  const std::size_t before = slurp(scratch / "h").size();
  Op cas = op(199, OpType::invoke, "cas", Value(3, 4));
  cas.key = 1999;
  cas.time = 299'999'999'999;  // five minutes into the run
  ASSERT_TRUE(journal->append(cas));
  ASSERT_TRUE(journal->append(completion(cas, OpType::ok)));
  ASSERT_TRUE(journal->flush());
  EXPECT_LT(slurp(scratch / "h").size() - before, 100U);
}

TEST(Journal, HandsOverWithoutAFlushWhatExceedsItsBuffer) {
  const ScratchDirectory scratch;
  auto journal = Journal::create(scratch / "h");
  ASSERT_TRUE(journal);
  EXPECT_EQ(slurp(scratch / "h"), formats::kJsonlHeader);
  for (int i = 0; i < 2000; ++i) ASSERT_TRUE(journal->append(op(i, OpType::invoke, "read")));
  const auto written = std::filesystem::file_size(scratch / "h");
  EXPECT_GT(written, 16U * 1024);
  ASSERT_TRUE(journal->flush());
  EXPECT_LT(std::filesystem::file_size(scratch / "h") - written, 17U * 1024);
}

TEST(Journal, WritesTheRestWhenItIsDestroyedAndMovesWhole) {
  const ScratchDirectory scratch;
  {
    auto created = Journal::create(scratch / "h");
    ASSERT_TRUE(created);
    ASSERT_TRUE(created->append(op(1, OpType::invoke, "read")));
    Journal moved = std::move(*created);
    ASSERT_TRUE(moved.append(op(1, OpType::ok, "read", 5)));
  }
  EXPECT_EQ(good(slurp(scratch / "h")).ops,
            (History{op(1, OpType::invoke, "read"), op(1, OpType::ok, "read", 5)}));
}

TEST(Journal, NeverOverwrites) {
  const ScratchDirectory scratch;
  spill(scratch / "h", "precious");
  const auto journal = Journal::create(scratch / "h");
  ASSERT_FALSE(journal);
  EXPECT_THAT(journal.error().message, HasSubstr((scratch / "h").string()));
  EXPECT_THAT(journal.error().message, HasSubstr("not overwritten"));
  EXPECT_EQ(slurp(scratch / "h"), "precious");
}

TEST(Journal, NamesTheFileItCannotCreate) {
  const ScratchDirectory scratch;
  const auto journal = Journal::create(scratch / "missing/h");
  ASSERT_FALSE(journal);
  EXPECT_THAT(journal.error().message, HasSubstr("missing/h: cannot create the journal: No such"));
}

// In a child, whose files may not exceed 20,000 bytes: exits with 0 if all is as it should be.
int fill_the_disk(const std::filesystem::path& path) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{20'000, 20'000};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
  auto journal = Journal::create(path);
  if (!journal) return 2;
  Result<void> appended;
  for (int i = 0; i < 5000 && appended; ++i) {
    appended = journal->append(op(i, OpType::invoke, "read"));
  }
  if (appended) return 3;
  if (appended.error().message.find(path.string() + ": cannot write") != 0) return 4;
  const Result<void> again = journal->append(op(0, OpType::invoke, "read"));
  const Result<void> flushed = journal->flush();
  return !again && !flushed && flushed.error().message == appended.error().message ? 0 : 5;
}

TEST(Journal, ReportsAFullDiskAndWritesNothingBehindTheGap) {
  const ScratchDirectory scratch;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(fill_the_disk(scratch / "h"));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  const RecordedHistory history = good(slurp(scratch / "h"));
  ASSERT_GT(history.ops.size(), 100U);
  for (std::size_t i = 0; i < history.ops.size(); ++i) {
    ASSERT_EQ(history.ops[i].process, static_cast<Process>(i));
  }
}

TEST(Journal, WhatWasFlushedOutlivesTheProgram) {
  const ScratchDirectory scratch;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto journal = Journal::create(scratch / "h");
    for (int i = 0; i < 3000; ++i) (void)journal->append(op(i, OpType::invoke, "read"));
    (void)journal->flush();
    (void)journal->append(op(3000, OpType::invoke, "read"));
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(good(slurp(scratch / "h")).ops.size(), 3000U);
}

}  // namespace
}  // namespace faultline
