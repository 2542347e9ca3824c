#include "harness/store/run_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::system_clock;
using testing::HasSubstr;

const system_clock::time_point kStarted{milliseconds(1795425771123)};

RunDirectory make(const fs::path& root, std::string_view name,
                  system_clock::time_point time = kStarted) {
  Result<RunDirectory> run = RunDirectory::create(root, name, time);
  EXPECT_TRUE(run) << run.error().message;
  return *run;
}

TEST(RunDirectory, IsNamedAfterTheTestAndItsTime) {
  EXPECT_EQ(format_time(kStarted), "20261123T092251.123Z");
  EXPECT_EQ(format_time(system_clock::time_point{}), "19700101T000000.000Z");
  const ScratchDirectory scratch;
  const RunDirectory run = make(scratch / "results", "raft-register");
  EXPECT_EQ(run.path(), scratch / "results/raft-register/20261123T092251.123Z");
  EXPECT_TRUE(fs::is_directory(run.path()));
  EXPECT_EQ(run.file(kHistoryFile), run.path() / "history.jsonl");
}

TEST(RunDirectory, LinksLeadToTheNewest) {
  const ScratchDirectory scratch;
  make(scratch.path(), "a");
  const RunDirectory second = make(scratch.path(), "a", kStarted + milliseconds(1));
  const RunDirectory third = make(scratch.path(), "b");
  EXPECT_EQ(fs::read_symlink(scratch / "a/latest"), "20261123T092251.124Z");
  EXPECT_EQ(fs::read_symlink(scratch / "latest"), "b/20261123T092251.123Z");
  EXPECT_EQ(fs::canonical(scratch / "latest"), fs::canonical(third.path()));
  EXPECT_EQ(fs::canonical(scratch / "a/latest"), fs::canonical(second.path()));
}

TEST(RunDirectory, RunsOfTheSameMillisecondAreApart) {
  const ScratchDirectory scratch;
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 25;
  std::vector<std::set<fs::path>> made(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < kEach; ++i) made[t].insert(make(scratch.path(), "a").path());
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<fs::path> all;
  for (const auto& some : made) all.insert(some.begin(), some.end());
  EXPECT_EQ(all.size(), kThreads * kEach);
  EXPECT_TRUE(all.contains(scratch / "a/20261123T092251.123Z-2"));
  EXPECT_TRUE(fs::is_directory(scratch / "latest"));
  for (const auto& entry : fs::directory_iterator(scratch.path())) {
    EXPECT_TRUE(entry.path().filename() == "a" || entry.path().filename() == "latest") << entry;
  }
}

TEST(RunDirectory, NamesAreMadeSafe) {
  EXPECT_EQ(sanitise_name("raft register_2.0"), "raft-register_2.0");
  EXPECT_EQ(sanitise_name("../../etc/passwd"), "etc-passwd");
  EXPECT_EQ(sanitise_name(".."), "test");
  EXPECT_EQ(sanitise_name(""), "test");
  EXPECT_EQ(sanitise_name("/"), "test");
  EXPECT_EQ(sanitise_name("-rf"), "rf");
  EXPECT_EQ(sanitise_name("latest"), "latest-test");
  EXPECT_EQ(sanitise_name("a\nb\x1b[c\xC3\xA9"), "a-b--c--");
  EXPECT_EQ(sanitise_name(std::string(1000, 'x')).size(), 100U);
  const ScratchDirectory scratch;
  EXPECT_EQ(make(scratch / "r", "../../up").path().parent_path(), scratch / "r/up");
}

TEST(RunDirectory, ReplacesFilesWhole) {
  const ScratchDirectory scratch;
  const RunDirectory run = make(scratch.path(), "a");
  ASSERT_TRUE(run.write_text("logs/n1.log", "one\ntwo\n"));
  EXPECT_EQ(slurp(run.file("logs/n1.log")), "one\ntwo\n");
  ASSERT_TRUE(run.write_json(kResultsFile, Json{{"zeta", 1}, {"alpha", "\xFF"}}));
  ASSERT_TRUE(run.write_json(kResultsFile, Json{{"zeta", 1}, {"alpha", "ok \xFF"}}));
  EXPECT_EQ(slurp(run.file(kResultsFile)),
            "{\n  \"zeta\": 1,\n  \"alpha\": \"ok \xEF\xBF\xBD\"\n}\n");
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(run.path())) {
    if (entry.is_regular_file()) ++files;
  }
  EXPECT_EQ(files, 2U) << "temporary files are left";
}

TEST(RunDirectory, WritesNothingOutsideItself) {
  const ScratchDirectory scratch;
  const RunDirectory run = make(scratch.path(), "a");
  for (const char* name : {"../x", "/tmp/x", "logs/../../x", "", "logs/"}) {
    const Result<void> written = run.write_text(name, "x");
    ASSERT_FALSE(written) << name;
    EXPECT_THAT(written.error().message, HasSubstr("inside the run directory"));
  }
}

TEST(RunDirectory, ReportsWhatItCannotWrite) {
  const ScratchDirectory scratch;
  spill(scratch / "file", "x");
  const auto run = RunDirectory::create(scratch / "file", "a", kStarted);
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().message, HasSubstr("file/a: cannot create the directory: Not a dir"));
  const RunDirectory good = make(scratch.path(), "a");
  fs::create_directories(good.file("results.json"));
  const Result<void> written = good.write_text("results.json", "x");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("results.json: cannot replace it"));
}

TEST(RunDirectory, IsFoundByPathNameOrAsTheLatest) {
  const ScratchDirectory scratch;
  const RunDirectory first = make(scratch.path(), "a");
  const RunDirectory second = make(scratch.path(), "a", kStarted + milliseconds(1));
  const RunDirectory third = make(scratch.path(), "b");
  for (const RunDirectory& run : {first, second, third}) {
    ASSERT_TRUE(run.write_text(kTestFile, "{}"));
  }
  const auto found = [&](std::string_view which) {
    const auto run = RunDirectory::open(scratch.path(), which);
    return run ? run->path().string() : run.error().message;
  };
  EXPECT_EQ(found(""), third.path());
  EXPECT_EQ(found("latest"), third.path());
  EXPECT_EQ(found("a"), second.path());
  EXPECT_EQ(found("a/latest"), second.path());
  EXPECT_EQ(found("a/20261123T092251.123Z"), first.path());
  EXPECT_EQ(found(first.path().string()), first.path());
  EXPECT_EQ(found((scratch / "latest").string()), third.path());
  EXPECT_EQ(found((scratch / "a").string()), second.path());
  EXPECT_EQ(found((scratch / "latest/").string()), third.path());
  EXPECT_THAT(found("c"), HasSubstr("c: no stored run; expected a directory with test.json"));
}

TEST(RunDirectory, IsFoundByItsHistoryOrByItsTimeAlone) {
  const ScratchDirectory scratch;
  const RunDirectory first = make(scratch.path(), "a");
  const RunDirectory second = make(scratch.path(), "a", kStarted + milliseconds(1));
  const RunDirectory third = make(scratch.path(), "b");
  for (const RunDirectory& run : {first, second, third}) {
    ASSERT_TRUE(run.write_text(kHistoryFile, "x"));
  }
  const auto found = [&](std::string_view which) {
    const auto run = RunDirectory::open(scratch.path(), which);
    return run ? run->path().string() : run.error().message;
  };
  EXPECT_EQ(found(first.file(kHistoryFile).string()), first.path());
  EXPECT_EQ(found("a/latest/history.jsonl"), second.path());
  EXPECT_EQ(found("20261123T092251.124Z"), second.path());
  EXPECT_EQ(found("20261123T092251.123Z"),
            "20261123T092251.123Z: there are several runs of that time; name one: " +
                third.path().string() + ", " + first.path().string());
  EXPECT_THAT(found("20261123T092251.125Z"), HasSubstr("no stored run"));
}

TEST(RunDirectory, ALatestThatLeadsNowhereNamesTheNewestRuns) {
  const ScratchDirectory scratch;
  const RunDirectory kept = make(scratch.path(), "a");
  ASSERT_TRUE(kept.write_text(kTestFile, "{}"));
  const RunDirectory gone = make(scratch.path(), "a", kStarted + milliseconds(1));
  fs::remove_all(gone.path());
  const auto run = RunDirectory::open(scratch.path());
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().message,
            (scratch / "latest").string() +
                " points to a run that is gone; name one: " + kept.path().string());
}

TEST(RunDirectory, ALatestThatIsNoLinkIsLeftAlone) {
  const ScratchDirectory scratch;
  fs::create_directory(scratch / "latest");
  const auto in_root = RunDirectory::create(scratch.path(), "a", kStarted);
  ASSERT_FALSE(in_root);
  EXPECT_EQ(in_root.error().message,
            (scratch / "latest").string() +
                ": it is a directory, but has to be a link to the newest run; move it away");
  fs::remove(scratch / "latest");
  spill(scratch / "a/latest", "x");
  const auto in_name = RunDirectory::create(scratch.path(), "a", kStarted);
  ASSERT_FALSE(in_name);
  EXPECT_THAT(in_name.error().message, HasSubstr("a/latest: it is a file, but"));
  EXPECT_FALSE(fs::exists(scratch / "a" / format_time(kStarted))) << "no run was begun";
}

TEST(RunDirectory, WhatIsNoJsonIsNamedWithItsPlace) {
  const ScratchDirectory scratch;
  const RunDirectory run = make(scratch.path(), "a");
  const auto message = [&](std::string_view text) {
    EXPECT_TRUE(run.write_text(kTestFile, text));
    const auto json = run.read_json(kTestFile);
    return json ? "no error" : json.error().message.substr(run.path().string().size());
  };
  EXPECT_EQ(message("{\n  \"a\": 1,\n}"), "/test.json:3:1: expected JSON");
  EXPECT_EQ(message(""), "/test.json:1:1: expected JSON");
  EXPECT_EQ(message("{"), "/test.json:1:2: expected JSON");
  EXPECT_EQ(message("{}"), "no error");
  const auto missing = run.read_json("none.json");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, run.file("none.json").string() + ": no such file");
}

TEST(RunDirectory, AnEmptyStoreSaysSo) {
  const ScratchDirectory scratch;
  const auto run = RunDirectory::open(scratch / "none");
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().message, HasSubstr("none: no run is stored there yet"));
  make(scratch.path(), "a");
  EXPECT_FALSE(RunDirectory::open(scratch.path())) << "a directory without a plan or a history";
}

}  // namespace
}  // namespace faultline
