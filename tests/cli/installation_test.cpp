// faultline doctor --install, with a script in place of apt-get, since tests install nothing: what
// is asked of it, and what becomes of policy-rc.d. /usr/sbin is covered by a directory of the
// test's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/cli/installation.hpp"
#include "tests/cli/program.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// The package of this apt-get has an etcd that says it is version 9.9.9.
constexpr const char* kAptGet = R"sh(#!/bin/sh
echo "$*" >>"$HERE/calls"
case "$*" in
'-s '*) cat "$HERE/plan" ;;
*update*) ;;
*)
  /usr/sbin/policy-rc.d etcd start; echo "policy says $?" >>"$HERE/calls"
  [ ! -e "$HERE/fails" ] || { echo 'E: the disk is full'; exit 100; }
  printf '#!/bin/sh\necho etcd Version: 9.9.9\n' >"$HERE/bin/etcd"; chmod 755 "$HERE/bin/etcd" ;;
esac
)sh";

// $P doctor --install with such an apt-get; whatever is in sbin is in /usr/sbin.
constexpr const char* kInstall =
    "unshare $MAP -m sh -c 'mount --bind \"$HERE/sbin\" /usr/sbin && PATH=$HERE/bin "
    "\"$P\" doctor --install'\n";

class InstallationTest : public testing::Test {
 protected:
  void SetUp() override {
    if (program_.shell(begin_ + "unshare $MAP -m true").code != 0) {
      GTEST_SKIP() << "no mount namespaces here";
    }
    std::filesystem::create_directory(program_.path("bin"));
    std::filesystem::create_directory(program_.path("sbin"));
    program_.write("plan", "Inst etcd-server (3.4)\nConf etcd-server (3.4)\n");
    program_.write("bin/apt-get", kAptGet);
    program_.write("bin/dpkg", "#!/bin/sh\necho /lib/systemd/system/etcd.service\n");
    program_.write("bin/deb-systemd-helper", "#!/bin/sh\necho \"helper $*\" >>\"$HERE/calls\"\n");
    ASSERT_EQ(program_
                  .shell("chmod 755 bin/*\n"
                         "for tool in sh env mv rm cat chmod grep; do\n"
                         "  ln -s \"$(command -v $tool)\" bin/$tool; done\n")
                  .code,
              0);
  }

  Ended install() const { return program_.shell(begin_ + kInstall); }
  std::string calls() const { return slurp(program_.path("calls")); }
  std::string policy() const { return slurp(program_.path("sbin/policy-rc.d")); }
  void set_policy(const std::string& name, const std::string& text) const {
    program_.write("sbin/" + name, text);
    std::filesystem::permissions(program_.path("sbin/" + name), std::filesystem::perms(0755));
  }

  Program program_;
  const std::string begin_ =
      std::string("export P HERE=$PWD MAP=") + (::geteuid() == 0 ? "\n" : "-r\n");
};

TEST(Installation, FindsWhatWouldBeRemoved) {
  EXPECT_THAT(cli::removals_in("NOTE: Remv is a word\nInst a (1)\nRemv b [1]\nPurg c [2]\nRemvd\n"),
              ElementsAre("b", "c"));
  EXPECT_THAT(cli::removals_in(""), IsEmpty());
}

TEST_F(InstallationTest, InstallsWhatIsMissingAndStartsNoService) {
  const Ended ended = install();
  EXPECT_THAT(ended.code, testing::AnyOf(0, 2)) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("  etcd         yes  9.9.9\n"));
  EXPECT_THAT(calls(), HasSubstr("install -y --no-remove --no-install-recommends etcd-server\n"
                                 "policy says 101\n"
                                 "helper disable etcd.service\n"));
  EXPECT_THAT(calls(), Not(HasSubstr("update"))) << "there was no need";
  EXPECT_TRUE(std::filesystem::is_empty(program_.path("sbin"))) << policy();
  std::filesystem::remove(program_.path("calls"));
  const Ended again = install();
  EXPECT_THAT(again.err, HasSubstr("nothing is to be installed"));
  EXPECT_EQ(calls(), "");
}

TEST_F(InstallationTest, AFailureIsSaidAndThePolicyPutBack) {
  const std::string theirs = "#!/bin/sh\nexit 7\n";
  set_policy("policy-rc.d", theirs);
  program_.write("fails", "");
  const Ended ended = install();
  EXPECT_EQ(ended.code, 255) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("apt-get failed; to see all of it, run: apt-get install"));
  EXPECT_THAT(ended.err, HasSubstr("E: the disk is full"));
  EXPECT_THAT(calls(), HasSubstr("policy says 101\n"));
  EXPECT_THAT(calls(), HasSubstr("update\n")) << "its lists may have been old";
  EXPECT_EQ(policy(), theirs);
  EXPECT_FALSE(std::filesystem::exists(program_.path("sbin/policy-rc.d.before-faultline")));
}

// What a kill -9 in mid-installation leaves.
TEST_F(InstallationTest, ALeftOverPolicyIsNoneAndIsPutRight) {
  program_.write("bin/apt-get",
                 "#!/bin/sh\ncase \"$*\" in '-s '*) exit 0 ;; esac\nkill -9 $PPID\nexit 1\n");
  const std::string theirs = "#!/bin/sh\nexit 7\n";
  set_policy("policy-rc.d", theirs);
  EXPECT_EQ(install().code, 255);
  ASSERT_THAT(policy(), HasSubstr("faultline doctor"));
  const Ended asked =
      program_.shell(begin_ +
                     "unshare $MAP -m sh -c 'mount --bind \"$HERE/sbin\" /usr/sbin && "
                     "/usr/sbin/policy-rc.d'\n");
  EXPECT_EQ(asked.code, 7) << "it decides as theirs would";
  program_.write("bin/apt-get", kAptGet);
  (void)install();
  EXPECT_THAT(calls(), HasSubstr("policy says 101\n"));
  EXPECT_EQ(policy(), theirs);
}

TEST_F(InstallationTest, RemovesNothing) {
  program_.write("plan", "Remv precious [1.0]\nInst etcd-server (3.4)\n");
  const Ended ended = install();
  EXPECT_EQ(ended.code, 255) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("not done, for it would remove precious. If that is all right, "
                                   "run: apt-get install etcd-server"));
  EXPECT_THAT(calls(), Not(HasSubstr("policy"))) << "nothing was begun";
}

TEST_F(InstallationTest, WithoutRightsItSaysWhatToRun) {
  if (::geteuid() != 0) GTEST_SKIP() << "this user may have a sudo";
  const Ended ended = program_.shell(
      begin_ +
      "chmod 755 . && cp \"$P\" faultline && touch calls && chmod 666 calls plan\n"
      "SETPRIV=$(command -v setpriv); PATH=$HERE/bin\n"
      "exec $SETPRIV --reuid=65534 --regid=65534 --clear-groups ./faultline doctor --install\n");
  EXPECT_EQ(ended.code, 255) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("as root, run: apt-get install etcd-server"));
  EXPECT_EQ(calls(), "");
}

TEST_F(InstallationTest, WithoutAptGetItSaysWhereItIs) {
  const Ended ended = program_.shell("PATH=/nowhere \"$P\" doctor --install\n");
  EXPECT_EQ(ended.code, 255) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("there is no apt-get here"));
  EXPECT_THAT(ended.err, HasSubstr("etcd-server"));
}

}  // namespace
}  // namespace faultline
