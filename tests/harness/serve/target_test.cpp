#include "harness/serve/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faultline::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Target, IsTakenApart) {
  const auto target = parse_target("/runs/raft%20x/a+b/?a=n%2Fm&b=&c");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->segments, ElementsAre("runs", "raft x", "a+b"));
  EXPECT_TRUE(target->folder);
  EXPECT_THAT(target->query, ElementsAre(Pair("a", "n/m"), Pair("b", ""), Pair("c", "")));
  EXPECT_THAT(parse_target("/")->segments, IsEmpty());
  EXPECT_FALSE(parse_target("/runs")->folder);
}

TEST(Target, WhatIsNoPathOfNamesIsNone) {
  for (const char* text : {"",           "runs",      "http://localhost/",
                           "*",          "//",        "//etc/passwd",
                           "/runs//x",   "/.",        "/..",
                           "/runs/../x", "/runs/./x", "/%2e%2e/x",
                           "/%2E%2E",    "/.%2e/",    "/a%2fb",
                           "/a%2Fb",     "/a\\b",     "/a%5cb",
                           "/..%5c..",   "/a%00b",    "/%00",
                           "/a%0ab",     "/a%7f",     "/a%",
                           "/a%2",       "/a%zz",     "/runs?x=%zz"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
}

TEST(Target, IsDecodedOnce) {
  EXPECT_THAT(parse_target("/%252e%252e")->segments, ElementsAre("%2e%2e"));
  EXPECT_THAT(parse_target("/...")->segments, ElementsAre("..."));
}

TEST(Target, PathsInQueriesAreUnderTheSameRule) {
  EXPECT_THAT(*split_path("a/b"), ElementsAre("a", "b"));
  for (const char* path : {"", "/a", "a/", "a/../b", "a//b", "a\\b/c"}) {
    EXPECT_FALSE(split_path(path)) << path;
  }
}

TEST(Target, EncodingIsUndoneByDecoding) {
  std::string name;
  for (int c = 1; c < 256; ++c) {
    if (c >= 0x20 && c != 0x7F && c != '/' && c != '\\') name += static_cast<char>(c);
  }
  const auto target = parse_target("/" + encode_path(name));
  ASSERT_TRUE(target);
  EXPECT_THAT(target->segments, ElementsAre(name));
}

TEST(Host, IsOursIfItNamesTheLoopbackOrWhereItArrived) {
  for (const char* host : {"localhost", "localhost:8080", "LocalHost:1", "127.0.0.1:80",
                           "127.1.2.3", "[::1]:8080", "[::1]", "192.168.1.2:8080"}) {
    EXPECT_TRUE(is_own_host(host, "192.168.1.2", {})) << host;
  }
  for (const char* host :
       {"", ":80", "evil.example", "evil.example:8080", "127.0.0.1.evil.example",
        "localhost.evil.example", "192.168.1.3", "[::2]", "[::1", "127.evil", "[::1]evil.example",
        "localhost@evil.example", "localhost evil.example"}) {
    EXPECT_FALSE(is_own_host(host, "192.168.1.2", {})) << host;
  }
  EXPECT_TRUE(is_own_host("Build.example:80", "127.0.0.1", {"build.Example"}));
}

}  // namespace
}  // namespace faultline::serve
