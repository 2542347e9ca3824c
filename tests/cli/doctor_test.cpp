// faultline doctor: what it says is so, and it leaves the machine as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/cli/host_state.hpp"
#include "tests/cli/program.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

// Of one thing, in what --json printed.
json finding(const Ended& ended, const std::string& name) {
  const json all = json::parse(ended.out);
  for (const char* list : {"machine", "targets"}) {
    for (const json& entry : all.at(list)) {
      if (entry.at("name") == name) return entry;
    }
  }
  throw std::runtime_error("there is no " + name + " in " + ended.out);
}

// Runs a script as a user without rights, in a directory of its own with a copy of the program.
Ended as_user(const Program& program, const std::string& script) {
  return program.shell(
      "chmod 755 . && mkdir -p user && chown 65534 user && cd user && cp \"$P\" faultline\n"
      "exec setpriv --reuid=65534 --regid=65534 --clear-groups /bin/sh -c '" +
      script + "'\n");
}

TEST(Doctor, WhatItSaysOfLocalIsWhatARunFinds) {
  const Program program;
  const Ended doctor = program.run("doctor --json");
  ASSERT_THAT(doctor.code, testing::AnyOf(0, 2)) << doctor.err;
  const json all = json::parse(doctor.out);
  EXPECT_EQ(all.at("complete"), doctor.code == 0);
  EXPECT_FALSE(std::filesystem::exists(program.path("results"))) << "it has only looked";
  for (const char* list : {"machine", "targets"}) {
    for (const json& entry : all.at(list)) {
      EXPECT_NE(entry.at("detail"), "") << entry;
      EXPECT_NE(entry.value("remedy", "none is needed"), "") << entry;
      EXPECT_NE(entry.contains("remedy"), entry.at("works").get<bool>()) << entry;
    }
  }
  EXPECT_EQ(finding(doctor, "raft").at("works"), true);
  const Ended run = program.run("test --env local --nemesis none --time-limit 0.2");
  EXPECT_EQ(all.at("environments").at("local").at("works"), run.code == 0) << run.err;
}

TEST(Doctor, LeavesTheMachineAsItWas) {
  const Program program;
  const std::string mark = "FAULTLINE-" + std::to_string(::getpid()) + "-DOCTOR";
  ASSERT_EQ(::setenv("FAULTLINE_TEST_MARK", mark.c_str(), 1), 0);
  const std::string before = host_state();
  (void)program.run("doctor");
  for (int i = 0; i < 100 && !processes_marked(mark).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_THAT(processes_marked(mark), IsEmpty());
  EXPECT_EQ(host_state(), before);
  ::unsetenv("FAULTLINE_TEST_MARK");
}

TEST(Doctor, SaysItInAlignedLinesWithTheRemedyBelow) {
  const Program program;
  const Ended ended = program.shell("PATH=/nowhere \"$P\" doctor\n");
  EXPECT_EQ(ended.code, 2) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("  raft         yes  part of this program"));
  EXPECT_THAT(ended.out,
              HasSubstr("  etcd         no   etcd is not installed\n"
                        "                    -> run: ./faultline doctor --install (or, as root: "
                        "apt-get install etcd-server)\n"));
  EXPECT_THAT(ended.out, HasSubstr("\n  sim: yes\n"));
  EXPECT_THAT(ended.out, testing::ContainsRegex("Missing for --env local or a target: .*etcd\\."));
}

TEST(Doctor, AnEtcdThatIsNoneOrCrashesIsSaidSo) {
  const Program program;
  const std::string run = "chmod 755 etcd; PATH=$PWD:/usr/bin:/bin \"$P\" doctor --json\n";
  const Ended other = program.shell("echo 'echo hello' >etcd; sed -i '1i #!/bin/sh' etcd; " + run);
  EXPECT_EQ(other.code, 2) << other.err;
  EXPECT_THAT(finding(other, "etcd").at("detail"), HasSubstr("does not say which version it is"));
  EXPECT_THAT(finding(other, "etcd").at("remedy"), HasSubstr("is it etcd's server?"));
  const Ended crash = program.shell("printf '#!/bin/sh\\nkill -SEGV 0\\n' >etcd; " + run);
  EXPECT_EQ(crash.code, 2) << crash.err;
  EXPECT_THAT(finding(crash, "etcd").at("detail"), HasSubstr("signal 11"));
}

TEST(Doctor, ALimitThatIsTooLowIsSaidWithTheRemedy) {
  const Program program;
  const Ended soft = program.shell("ulimit -S -n 100; \"$P\" doctor --json\n");
  EXPECT_EQ(soft.code, 2);
  EXPECT_EQ(finding(soft, "open files").at("remedy"), "ulimit -n 1024");
  const Ended hard = program.shell("ulimit -n 100; \"$P\" doctor --json\n");
  EXPECT_EQ(hard.code, 2);
  EXPECT_THAT(finding(hard, "open files").at("remedy"), HasSubstr("hard nofile 1024"));
}

// In a user namespace, whose settings are its own.
TEST(Doctor, ForbiddenNamespacesAreSaidWithTheSettingThatAllowsThem) {
  const Program program;
  if (program.shell("unshare -r true").code != 0) GTEST_SKIP() << "no user namespaces here";
  const auto doctor = [&] {
    return program.shell(
        "export P; unshare -r sh -c 'echo 0 >/proc/sys/user/max_net_namespaces && "
        "\"$P\" doctor --json'\n");
  };
  Ended ended;
  auto soonest = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 5 && soonest > 2500ms; ++i) {  // the machine may be busy with something else
    const auto begin = std::chrono::steady_clock::now();
    ended = doctor();
    soonest = std::min(soonest, std::chrono::steady_clock::now() - begin);
  }
  ASSERT_EQ(ended.code, 2) << ended.out << ended.err;
  EXPECT_LT(soonest, 2500ms) << "a guardian that has ended is not waited for";
  for (const char* name : {"namespaces", "own mounts", "guardian", "TUN", "veth"}) {
    EXPECT_EQ(finding(ended, name).at("works"), false) << name;
    EXPECT_EQ(finding(ended, name).at("remedy"), "as root: sysctl user.max_net_namespaces=10000")
        << name;
  }
  EXPECT_EQ(json::parse(ended.out).at("environments").at("local").at("works"), false);
}

TEST(Doctor, AsAnOrdinaryUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "this user is an ordinary one";
  const Program program;
  const Ended ended = as_user(program, "./faultline doctor --json");
  ASSERT_THAT(ended.code, testing::AnyOf(0, 2)) << ended.err;
  EXPECT_EQ(json::parse(ended.out).at("user"), "user 65534");
  const bool has_tun = program
                           .shell(
                               "setpriv --reuid=65534 --regid=65534 --clear-groups "
                               "sh -c ': <>/dev/net/tun'")
                           .code == 0;
  if (!finding(ended, "namespaces").at("works")) GTEST_SKIP() << ended.out;
  EXPECT_EQ(finding(ended, "namespaces").at("detail"), "as user 65534, in a user namespace");
  EXPECT_EQ(finding(ended, "TUN").at("works"), has_tun);
  if (!has_tun) {
    EXPECT_THAT(finding(ended, "TUN").at("remedy"), HasSubstr("as root: "));
    EXPECT_EQ(finding(ended, "network").at("detail"), "--env local uses veth");
  }
  const Ended unwritable = as_user(program, "./faultline doctor --json --results /etc/runs");
  EXPECT_EQ(unwritable.code, 2);
  EXPECT_THAT(finding(unwritable, "disk").at("remedy"), HasSubstr("--results DIR"));
}

TEST(Doctor, RefusesWhatItDoesNotKnow) {
  const Program program;
  EXPECT_EQ(program.run("doctor --nonsense").code, 254);
  EXPECT_EQ(program.run("doctor now").code, 254);
  EXPECT_EQ(program.run("doctor --results=").code, 254);
  EXPECT_EQ(program.shell("\"$P\" doctor >/dev/full").code, 255);
}

}  // namespace
}  // namespace faultline
