// faultline campaign, from its flags to what it leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/cli/host_state.hpp"
#include "tests/cli/program.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using boost::property_tree::ptree;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kSmall = " --no-swarm --time-limit 3 --nemesis partition";
// Some of these seeds fail, and some do not.
const std::string kLong = " --no-swarm --time-limit 30";
const std::string kFailing = kLong + " --bug stale-read --seeds 1-12";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// What a campaign said in JSON: its summary, without what differs from time to time.
json summary_in(const std::string& out) {
  json summary = json::parse(lines_of(out).back()).at("summary");
  for (json& cell : summary["cells"]) cell.erase("seconds");
  for (const char* key :
       {"seconds", "wall-seconds", "directory", "jobs", "builds", "doubled", "missing-shards"}) {
    summary.erase(key);
  }
  return summary;
}

// The runs in a journal, behind its header.
std::vector<json> journal(const fs::path& directory) {
  std::vector<json> runs;
  for (const std::string& line : lines_of(slurp(directory / "campaign.jsonl"))) {
    runs.push_back(json::parse(line));
  }
  if (!runs.empty()) runs.erase(runs.begin());
  return runs;
}

std::set<int> failing_seeds(const std::vector<json>& runs) {
  std::set<int> seeds;
  for (const json& run : runs) {
    if (run.at("verdict") != "valid") seeds.insert(run.at("seed").get<int>());
  }
  return seeds;
}

TEST(CampaignCommand, ValidRunsLeaveTheJournalAlone) {
  const Program program;
  const Ended ended = program.run("campaign --dir c --seeds 1-6 --jobs 2 --junit c.xml" + kSmall);
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, testing::StartsWith("campaign: 1 cell x 6 seeds, 2 at a time\n"));
  EXPECT_THAT(ended.out, HasSubstr("\nVALID: all 6 runs\n"));
  EXPECT_EQ(journal(program.path("c")).size(), 6U);
  EXPECT_FALSE(fs::exists(program.path("c/runs")));
  EXPECT_FALSE(fs::exists(program.path("results")));
  ptree xml;
  read_xml(program.path("c.xml").string(), xml);
  EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.tests"), 6);
  EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.failures"), 0);
  EXPECT_EQ(xml.get<std::string>("testsuites.testsuite.<xmlattr>.name"), "raft register partition");
}

TEST(CampaignCommand, KeepAllKeepsTheValidRuns) {
  const Program program;
  const Ended ended = program.run("campaign --dir c --seeds 1-2 --keep-all" + kSmall);
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  for (const json& run : journal(program.path("c"))) {
    const fs::path kept = program.path("c") / run.at("kept").get<std::string>();
    EXPECT_TRUE(fs::exists(kept / "results.json")) << kept;
  }
}

TEST(CampaignCommand, StopsAtTheSameFirstFailureWithAnyNumberOfJobs) {
  const Program program;
  std::set<int> first;
  for (const std::string jobs : {"1", "3"}) {
    const Ended ended = program.run("campaign --dir c" + jobs + " --jobs " + jobs + kFailing);
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("\nINVALID: "));
    EXPECT_THAT(ended.out, HasSubstr("did not take place\n"));
    const std::set<int> failed = failing_seeds(journal(program.path("c" + jobs)));
    ASSERT_FALSE(failed.empty());
    first.insert(*failed.begin());
  }
  EXPECT_EQ(first.size(), 1U);
}

TEST(CampaignCommand, EveryFailingRunIsKeptAndRepeats) {
  const Program program;
  const Ended ended = program.run("campaign --dir c --keep-going --junit c.xml" + kFailing);
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  const std::vector<json> runs = journal(program.path("c"));
  EXPECT_EQ(runs.size(), 12U);
  const std::set<int> failed = failing_seeds(runs);
  ASSERT_GE(failed.size(), 2U);
  ASSERT_LT(failed.size(), 12U);
  for (const json& run : runs) {
    const std::string repeat = run.at("repeat");
    if (run.at("verdict") == "valid") continue;
    EXPECT_THAT(ended.out, HasSubstr("  repeat   ./faultline " + repeat + "\n"));
    EXPECT_EQ(program.run(repeat).code, 1) << repeat;
    const fs::path kept = program.path("c") / run.at("kept").get<std::string>();
    EXPECT_TRUE(fs::exists(kept / "history.jsonl")) << kept;
    EXPECT_EQ(slurp(kept / "history.jsonl"), slurp(program.latest("history.jsonl")));
  }
  ptree xml;
  read_xml(program.path("c.xml").string(), xml);
  EXPECT_EQ(xml.get<std::size_t>("testsuites.<xmlattr>.failures"), failed.size());
  EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.errors"), 0);
  EXPECT_THAT(slurp(program.path("c.xml")), HasSubstr("./faultline test "));
}

// Its workers die with it, and what it had done is not done again.
TEST(CampaignCommand, KilledItGoesOnWhereItWas) {
  const Program program;
  const std::string command = "campaign --dir c --seeds 1-40 --jobs 2 --json" + kSmall;
  const fs::path file = program.path("c/campaign.jsonl");
  const std::string mark = "FAULTLINE_CAMPAIGN_TEST=" + program.path("").string();
  ASSERT_EQ(::putenv(const_cast<char*>(mark.c_str())), 0);
  program.run_and_kill(command,
                       [&] { return fs::exists(file) && lines_of(slurp(file)).size() > 8; });
  const std::string before = slurp(file);
  const std::size_t done = lines_of(before).size() - 1;
  ASSERT_LT(done, 40U);
  std::ofstream(file, std::ios::app) << "{\"run\":39,\"ce";  // as if it had been cut off here
  const Ended ended = program.run(command);
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(slurp(file), testing::StartsWith(before));
  std::set<int> seeds;
  for (const json& run : journal(program.path("c"))) seeds.insert(run.at("seed").get<int>());
  EXPECT_EQ(seeds.size(), 40U);
  EXPECT_EQ(journal(program.path("c")).size(), 40U);
  EXPECT_EQ(lines_of(ended.out).size(), 40 - done + 1);  // it says what it did now, and the sum
  EXPECT_EQ(summary_in(ended.out).at("valid"), 40);
  EXPECT_THAT(processes_marked(mark), testing::IsEmpty());
  ::unsetenv("FAULTLINE_CAMPAIGN_TEST");

  const Ended again = program.run(command);  // nothing is left
  EXPECT_EQ(lines_of(again.out).size(), 1U);
  EXPECT_EQ(summary_in(again.out), summary_in(ended.out));
}

TEST(CampaignCommand, ASignalEndsItInOrder) {
  const Program program;
  const Ended ended = program.shell(
      "\"$P\" campaign --dir c --jobs 2 --seeds 1-3,4-2000 --no-swarm --time-limit 20 & "
      "while ! test -s c/campaign.jsonl; do sleep 0.05; done; sleep 1; kill -TERM $!; wait $!");
  EXPECT_EQ(ended.code, 2) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\nUNKNOWN: 0 of "));
  EXPECT_THAT(ended.out, HasSubstr("  go on    the same command with --dir c\n"));
  EXPECT_TRUE(!fs::exists(program.path("c/runs")) || fs::is_empty(program.path("c/runs")));
}

// The run goes on after the violation: it is cut short, but what it has seen stays true.
TEST(CampaignCommand, ASignalLosesNoViolation) {
  const Program program;
  const Ended ended = program.shell(
      "\"$P\" campaign --dir c --jobs 1 --seeds 1-4 --no-swarm --bug follower-read --no-fail-fast "
      "--rate 10 --time-limit 1000000 & campaign=$!; sleep 2; kill -TERM $campaign; wait "
      "$campaign");
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  const std::vector<json> runs = journal(program.path("c"));
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].at("verdict"), "invalid");
  EXPECT_GT(runs[0].at("ops"), 0);
}

TEST(CampaignCommand, AViolationThatCannotBeStoredIsStillOne) {
  const Program program;
  fs::create_directory(program.path("c"));
  program.write("c/runs", "a file where a directory should be\n");
  const Ended ended = program.run(
      "campaign --dir c --seeds 1 --no-swarm --bug follower-read --nemesis none --time-limit 20");
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  const std::vector<json> runs = journal(program.path("c"));
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].at("verdict"), "invalid");
  EXPECT_EQ(runs[0].at("kept"), "");
  EXPECT_THAT(runs[0].at("reason").get<std::string>(),
              HasSubstr(" (it could not be stored: c/runs/0/raft-register: cannot create"));
}

TEST(CampaignCommand, ShardsMergedAreTheWhole) {
  const Program program;
  const std::string command =
      "campaign --json --keep-going --bugs none,stale-read --seeds 1-6" + kLong;
  const json whole = summary_in(program.run(command + " --dir whole").out);
  EXPECT_EQ(whole.at("runs"), 12);
  EXPECT_GT(whole.at("invalid"), 0);
  std::string directories;
  for (const std::string index : {"0", "1", "2"}) {
    program.run(command + " --dir s" + index + " --shard " + index + "/3");
    directories += " s" + index;
  }
  const Ended merged = program.run("campaign merge --json --junit m.xml" + directories);
  EXPECT_EQ(merged.code, 1) << merged.err;
  EXPECT_EQ(summary_in(merged.out), whole);
  EXPECT_EQ(lines_of(merged.out).size(), 13U);
  ptree xml;
  read_xml(program.path("m.xml").string(), xml);
  EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.tests"), 12);
  EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.failures"), whole.at("invalid"));
}

TEST(CampaignCommand, MergeSaysWhatIsMissingOrDoubled) {
  const Program program;
  const std::string command = "campaign --seeds 1-6" + kSmall;
  for (const std::string index : {"0", "2"}) {
    EXPECT_EQ(program.run(command + " --dir s" + index + " --shard " + index + "/3").code, 0);
  }
  fs::copy(program.path("s0"), program.path("copy"), fs::copy_options::recursive);
  const Ended merged = program.run("campaign merge s0 s2 copy --junit m.xml");
  EXPECT_EQ(merged.code, 2) << merged.err;
  EXPECT_THAT(merged.out, HasSubstr("  missing  shards 1/3\n"));
  EXPECT_THAT(merged.out, HasSubstr("  doubled  seed 1, raft register partition: valid\n"));
  EXPECT_THAT(merged.out, HasSubstr("    missing  2,5\n"));
  EXPECT_THAT(merged.out, HasSubstr("\nUNKNOWN: 0 of 4 runs; 2 more did not take place\n"));
  ptree xml;
  read_xml(program.path("m.xml").string(), xml);
  EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.errors"), 1);
}

// Of different builds, as far as their journals say.
TEST(CampaignCommand, MergeRefusesShardsOfDifferentBuilds) {
  const Program program;
  for (const std::string index : {"0", "1"}) {
    const std::string shard = " --dir s" + index + " --shard " + index + "/2";
    EXPECT_EQ(program.run("campaign --seeds 1-4" + kSmall + shard).code, 0);
  }
  std::string journal = slurp(program.path("s1/campaign.jsonl"));
  const std::string field = R"("build":")";
  journal.replace(journal.find(field) + field.size(), 4, "own-");
  program.write("s1/campaign.jsonl", journal);
  const Ended refused = program.run("campaign merge s0 s1");
  EXPECT_EQ(refused.code, 254) << refused.out;
  EXPECT_THAT(refused.err, testing::ContainsRegex("s1 was done by build own-[0-9a-f]+ of the "
                                                  "program, s0 by build [0-9a-f]+; expected one"));
  const Ended merged = program.run("campaign merge s0 s1 --allow-different-builds");
  EXPECT_EQ(merged.code, 0) << merged.err;
  EXPECT_THAT(merged.out, testing::ContainsRegex("\n  builds   [0-9a-f]+, own-[0-9a-f]+: "));
}

TEST(CampaignCommand, ARunThatCrashesIsThatRunsUnknown) {
  const Program program;
  const Ended ended = program.shell(
      "\"$P\" campaign --dir c --jobs 1 --seeds 1-2 --no-swarm --run-limit 2 "
      "--time-limit 1000000 --junit c.xml & campaign=$!; "
      "until worker=$(pgrep -P $campaign); do sleep 0.05; done; "
      "kill -SEGV $worker; wait $campaign");
  EXPECT_EQ(ended.code, 2) << ended.out << ended.err;
  const std::vector<json> runs = journal(program.path("c"));
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].at("verdict"), "unknown");
  EXPECT_EQ(runs[0].at("reason"), "ended by signal 11 (Segmentation fault)");
  EXPECT_EQ(runs[1].at("verdict"), "unknown");
  EXPECT_THAT(runs[1].at("reason").get<std::string>(),
              testing::StartsWith("not done within the --run-limit of 2 s"));
  EXPECT_THAT(ended.out, HasSubstr("\nUNKNOWN: 2 of 2 runs\n"));
  EXPECT_THAT(slurp(program.path("c.xml")), HasSubstr("signal 11"));
}

TEST(CampaignCommand, ADirectoryHoldsOneCampaign) {
  const Program program;
  program.run("campaign --dir c --seeds 1-2" + kSmall);
  for (const std::string other : {"--seeds 1-3", "--seeds 1-2 --nodes 3", "--seeds 1-2 --bugs none",
                                  "--seeds 1-2 --shard 0/2"}) {
    const Ended ended = program.run("campaign --dir c " + other + kSmall);
    if (other.ends_with("none")) {
      EXPECT_EQ(ended.code, 0) << "the same cells, said otherwise: " << ended.err;
    } else {
      EXPECT_EQ(ended.code, 254) << other << ended.out;
      EXPECT_THAT(ended.err, HasSubstr("c: another campaign is stored there: ")) << other;
    }
  }
}

TEST(CampaignCommand, CellsThatFitNothingAreLeftOutOrRefused) {
  const Program program;
  const Ended ended = program.run(
      "campaign --dir c --seeds 1 --workloads register,rw-register --nemeses kill;none --json"
      " --no-swarm --time-limit 1");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(summary_in(ended.out).at("cells").size(), 4U);
  const auto refused = [&](const std::string& arguments) {
    const Ended other = program.run("campaign --dir d " + arguments);
    EXPECT_EQ(other.code, 254) << arguments << other.out;
    return other.err;
  };
  EXPECT_THAT(refused("--bugs none,no-such-bug"), HasSubstr("--bugs no-such-bug: it fits nothing"));
  EXPECT_THAT(refused("--targets raft,raft"), HasSubstr("named twice"));
  EXPECT_THAT(refused("--targets raft --target raft"), HasSubstr("cannot be given with --target"));
  EXPECT_THAT(refused("--nemeses kill;;none"), HasSubstr("mixes of faults"));
  EXPECT_THAT(refused("--seeds 5-1"), HasSubstr("--seeds 5-1: expected seeds such as"));
  EXPECT_THAT(refused("--seed 5"), HasSubstr("give --seeds instead"));
  EXPECT_THAT(refused("--shard 3/3"), HasSubstr("counted from 0"));
  EXPECT_THAT(refused("--jobs 0"), HasSubstr("--jobs 0"));
  EXPECT_THAT(refused("--nemesis no-such"), HasSubstr("--nemesis no-such"));
  EXPECT_FALSE(fs::exists(program.path("d")));
}

TEST(CampaignCommand, WhichCellsAreLeftOutIsSaidEverywhere) {
  const Program program;
  const std::string command =
      "campaign --seeds 1 --targets raft,dynamo --bugs none,stale-read,ack-on-send --nemesis none"
      " --time-limit 0.1 --no-swarm --keep-going";
  const json left_out = summary_in(program.run(command + " --dir c --json").out).at("left-out");
  ASSERT_EQ(left_out.size(), 2U);
  EXPECT_EQ(left_out[0].at("cell"), "raft ack-on-send");
  EXPECT_EQ(left_out[1].at("cell"), "dynamo stale-read");
  EXPECT_THAT(left_out[1].at("reason").get<std::string>(),
              testing::StartsWith("--bug stale-read: there is none of that name; there are: no-"));
  for (const std::string& again : {command + " --dir c", std::string("campaign merge c")}) {
    const Ended ended = program.run(again + " --junit c.xml");
    EXPECT_THAT(ended.out, HasSubstr("\n  left out  raft ack-on-send: --bug ack-on-send: there"));
    ptree xml;
    read_xml(program.path("c.xml").string(), xml);
    EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.tests"), 6) << again;
    EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.skipped"), 2) << again;
    EXPECT_THAT(slurp(program.path("c.xml")),
                HasSubstr("<skipped type=\"left-out\" message=\"--bug ack-on-send: there is none"));
  }
  const Ended merged = program.run("campaign merge c --json");
  EXPECT_EQ(summary_in(merged.out).at("left-out"), left_out);
}

// Of three or seven nodes the processes do not come in groups of five, of five nodes they do. The
// first seed decides nothing.
TEST(CampaignCommand, ACellThatFitsWithSomeSeedsIsTestedWithThem) {
  const Program program;
  const std::string command =
      "campaign --concurrency 2n --threads-per-key 5 --nemesis none --time-limit 0.5";
  const Ended all = program.run(command + " --dir c --seeds 1-20");
  EXPECT_EQ(all.code, 2) << all.out << all.err;
  std::set<int> fitting;
  for (const json& run : journal(program.path("c"))) {
    if (run.at("verdict") == "valid") fitting.insert(run.at("seed").get<int>());
  }
  ASSERT_FALSE(fitting.empty());
  ASSERT_LT(fitting.size(), 20U);
  int first = 1;
  while (fitting.contains(first)) ++first;
  const auto second = fitting.upper_bound(first);
  ASSERT_NE(second, fitting.end());
  const Ended two = program.run(command + " --dir d --seeds " + std::to_string(first) + "," +
                                std::to_string(*second));
  EXPECT_EQ(two.code, 2) << two.out << two.err;
  EXPECT_THAT(two.out, HasSubstr("client threads cannot be divided into groups of 5"));
  EXPECT_THAT(two.out, HasSubstr("\nUNKNOWN: 1 of 2 runs\n"));
}

TEST(CampaignCommand, MergeRefusesWhatIsNoCampaign) {
  const Program program;
  const Ended none = program.run("campaign merge nowhere");
  EXPECT_EQ(none.code, 254);
  EXPECT_THAT(none.err, HasSubstr("nowhere/campaign.jsonl"));
  const Ended unknown = program.run("campaign merge --bogus");
  EXPECT_EQ(unknown.code, 254);
  EXPECT_THAT(unknown.err, HasSubstr("see faultline campaign merge --help"));
  fs::create_directory(program.path("bad"));
  program.write("bad/campaign.jsonl", "{}\n");
  EXPECT_THAT(program.run("campaign merge bad").err, HasSubstr("bad/campaign.jsonl:1:1: expected"));
}

}  // namespace
}  // namespace faultline
