// faultline node, as --env local starts it; a whole cluster of such nodes is in
// tests/harness/environments/local.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;

struct Refused {
  const char* arguments;
  int code;
  const char* message;
};

TEST(NodeCommand, SaysWhatIsWrong) {
  const Program program;
  program.write("file", "no directory");
  const std::vector<Refused> cases = {
      {"node --id 0 --directory . --nodes 127.0.0.1:7001", 254, "program is required"},
      {"node raft --directory . --nodes 127.0.0.1:7001", 254, "--id is required"},
      {"node paxos9 --id 0 --directory . --nodes 127.0.0.1:7001", 254,
       "node: there is no program 'paxos9'; there are: raft"},
      {"node raft --id 1 --directory . --nodes 127.0.0.1:7001", 254,
       "--id 1: expected a whole number from 0 to 0"},
      {"node raft --id 0 --directory . --nodes 127.0.0.1", 254,
       "--nodes '127.0.0.1': expected an address such as 10.99.0.1:7000"},
      {"node raft --id 0 --directory . --nodes 127.0.0.1:1,127.0.0.1:1", 254, "is named twice"},
      {"node raft --id 0 --directory . --nodes 127.0.0.1:7001 --seed x", 254, "--seed x: expected"},
      {"node raft --id 0 --directory . --nodes 127.0.0.1:7001 --bug foo", 254,
       "raft has no bug 'foo'; it has: forget-vote"},
      {"node raft --id 0 --directory missing --nodes 127.0.0.1:7001", 255,
       "missing/write-ahead.log: cannot open it: No such file or directory"},
      {"node raft --id 0 --directory file --nodes 127.0.0.1:7001", 255,
       "file/write-ahead.log: cannot open it: Not a directory"},
      // An address that no machine has: it is reserved for documentation.
      {"node raft --id 0 --directory . --nodes 192.0.2.1:7001", 255,
       "n1 cannot listen at 192.0.2.1:7001: Cannot assign requested address"}};
  for (const Refused& refused : cases) {
    const Ended ended = program.run(refused.arguments);
    EXPECT_EQ(ended.code, refused.code) << refused.arguments << "\n" << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("faultline: ")) << refused.arguments;
    EXPECT_THAT(ended.err, HasSubstr(refused.message)) << refused.arguments;
  }
}

TEST(NodeCommand, RunsUntilItIsKilledAndAgain) {
  const Program program;
  const std::string arguments =
      "node raft --id 0 --directory . --nodes 127.85.23.7:7999 --bug stale-read --bug forget-vote";
  for (std::size_t life = 1; life <= 2; ++life) {
    const auto begun = [&] { return slurp(program.path("lives")).size() == life; };
    program.run_and_kill(arguments, begun);
    EXPECT_TRUE(begun()) << "life " << life;
    EXPECT_TRUE(std::filesystem::exists(program.path("write-ahead.log")));
  }
}

}  // namespace
}  // namespace faultline
