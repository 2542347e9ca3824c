// Whatever a probe does, the prober goes on; and what the kernel's settings have to say.
#include "harness/environments/local/try_apart.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "harness/environments/local/own_namespaces.hpp"

namespace faultline::local {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(TryApart, BringsBackWhatWasFound) {
  const Finding found = try_apart("it", [] {
    return Finding{"", true, "detail \"\xff", "remedy", true};
  });
  EXPECT_EQ(found.name, "it");
  EXPECT_TRUE(found.works);
  EXPECT_TRUE(found.needed);
  EXPECT_THAT(found.detail, HasSubstr("detail \""));
  EXPECT_EQ(found.remedy, "remedy");
}

TEST(TryApart, WhatHangsIsEndedWithItsChildren) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto begin = std::chrono::steady_clock::now();
  const Finding found = try_apart(
      "it",
      []() -> Finding {
        (void)::fork();
        for (;;) ::pause();
      },
      50ms);
  EXPECT_FALSE(found.works);
  EXPECT_EQ(found.detail, "no answer within 50 ms");
  EXPECT_NE(found.remedy, "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  // Both had the other end of the pipe: with them it is closed.
  ::close(ends[1]);
  char nothing = 0;
  EXPECT_EQ(::read(ends[0], &nothing, 1), 0);
  ::close(ends[0]);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "nothing is left to be waited for";
  EXPECT_EQ(errno, ECHILD);
}

TEST(TryApart, ACrashAndAnExceptionAreFindings) {
  const Finding crash = try_apart("it", []() -> Finding { ::raise(SIGKILL), std::abort(); });
  EXPECT_FALSE(crash.works);
  EXPECT_EQ(crash.detail, "the attempt ended with signal 9");
  const Finding thrown = try_apart("it", []() -> Finding { throw std::runtime_error("oh"); });
  EXPECT_FALSE(thrown.works);
  EXPECT_EQ(thrown.detail, "oh");
  const Finding left = try_apart("it", []() -> Finding { ::_exit(3); });
  EXPECT_EQ(left.detail, "the attempt ended with status 3");
}

TEST(NamespacesRemedy, NamesTheSettingsThatForbidThem) {
  std::string name = (std::filesystem::temp_directory_path() / "settings-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const std::filesystem::path settings = name;
  std::filesystem::create_directory(settings / "kernel");
  std::filesystem::create_directory(settings / "user");
  EXPECT_THAT(namespaces_remedy(settings, false), HasSubstr("run it as root; in a container"));
  EXPECT_THAT(namespaces_remedy(settings, true), testing::StartsWith("in a container"));
  std::ofstream(settings / "kernel/unprivileged_userns_clone") << "1\n";
  std::ofstream(settings / "kernel/apparmor_restrict_unprivileged_userns") << "1\n";
  std::ofstream(settings / "user/max_user_namespaces") << "0\n";
  EXPECT_EQ(namespaces_remedy(settings, false),
            "as root: sysctl kernel.apparmor_restrict_unprivileged_userns=0 "
            "user.max_user_namespaces=10000");
  EXPECT_THAT(namespaces_remedy(settings, true), testing::StartsWith("in a container"));
  std::filesystem::remove_all(settings);
}

}  // namespace
}  // namespace faultline::local
