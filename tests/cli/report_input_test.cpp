// What `faultline report` finds in a run's directory may be damaged, or put there by somebody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

void put(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::trunc) << text;
}

TEST(ReportInput, ADamagedVerdictIsNamed) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 1 --time-limit 3").code, 0);
  const fs::path results = program.latest("results.json");
  for (const char* text : {"", "[]", "3", R"({"verdict":3})", R"({"repeat":7})",
                           R"({"faultline":[]})", R"({"checks":7})", R"({"checks":[1]})"}) {
    put(results, text);
    const Ended ended = program.run("report");
    EXPECT_EQ(ended.code, 254) << text << ": " << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("results.json")) << text;
  }
}

TEST(ReportInput, OnlyFilesOfTheRunAreLogs) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 1 --time-limit 3").code, 0);
  put(program.path("secret"), "kept to myself");
  fs::create_symlink(program.path("secret"), program.latest("linked.log"));
  ASSERT_EQ(::mkfifo(program.latest("pipe.log").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo(program.latest("trace.jsonl").c_str(), 0600), 0);
  put(program.latest("mine.log"), "said by me");
  ASSERT_EQ(program.run("report").code, 0);
  const std::string html = slurp(program.latest("report.html"));
  EXPECT_THAT(html, HasSubstr("said by me"));
  EXPECT_THAT(html, Not(HasSubstr("kept to myself")));
}

TEST(ReportInput, APictureThatSomebodyPutThereIsNotInThePage) {
  const Program program;
  ASSERT_EQ(program.run("test --seed 1 --time-limit 3").code, 0);
  for (const char* name : {"space-time.svg", "counterexample.svg"}) {
    put(program.latest("results.json").parent_path() / name,
        "<svg></svg></template><script>document.title = 'gotcha'</script>");
  }
  ASSERT_EQ(program.run("report").code, 0);
  EXPECT_THAT(slurp(program.latest("report.html")), Not(HasSubstr("gotcha")));
}

}  // namespace
}  // namespace faultline
