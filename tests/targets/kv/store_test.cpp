#include "targets/kv/store.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "harness/core/rng.hpp"
#include "targets/kv/bytes.hpp"

namespace faultline::kv {
namespace {

using Kind = Response::Kind;

Command command(std::int64_t session, std::uint64_t sequence, Command::Kind kind, std::int64_t key,
                std::int64_t expected, std::int64_t value) {
  return {session, sequence, kind, key, expected, value};
}

TEST(Store, WritesReadsAndCompares) {
  Store store;
  EXPECT_EQ(store.read(1), std::nullopt);
  EXPECT_EQ(store.apply(command(1, 1, Command::Kind::cas, 1, 0, 5)).kind, Kind::mismatch);
  EXPECT_EQ(store.apply(command(1, 2, Command::Kind::write, 1, 0, 5)).kind, Kind::ok);
  EXPECT_EQ(store.apply(command(1, 3, Command::Kind::read, 1, 0, 0)).value, 5);
  EXPECT_EQ(store.apply(command(1, 4, Command::Kind::cas, 1, 5, 6)).kind, Kind::ok);
  EXPECT_EQ(store.apply(command(1, 5, Command::Kind::cas, 1, 5, 7)).kind, Kind::mismatch);
  EXPECT_EQ(store.read(1), 6);
  EXPECT_EQ(store.read(2), std::nullopt);
}

TEST(Store, ACopyGetsTheFirstAnswerAndChangesNothing) {
  Store store;
  store.apply(command(1, 1, Command::Kind::write, 1, 0, 5));
  const Command cas = command(2, 1, Command::Kind::cas, 1, 5, 6);
  EXPECT_EQ(store.apply(cas).kind, Kind::ok);
  store.apply(command(1, 2, Command::Kind::write, 1, 0, 5));
  EXPECT_EQ(store.apply(cas).kind, Kind::ok);
  EXPECT_EQ(store.read(1), 5) << "it was not carried out again";
  store.apply(command(2, 2, Command::Kind::write, 1, 0, 9));
  EXPECT_EQ(store.apply(cas).kind, Kind::superseded);
  EXPECT_EQ(store.read(1), 9);
}

TEST(Command, SurvivesEncoding) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t n : {kMin, kMin + 1, std::int64_t{-65}, std::int64_t{-1}, std::int64_t{0},
                               std::int64_t{63}, std::int64_t{64}, kMax}) {
    const Command sent = command(n, static_cast<std::uint64_t>(n), Command::Kind::cas, n, n, n);
    const Result<Command> received = decode_command(encode(sent));
    ASSERT_TRUE(received.has_value()) << n;
    EXPECT_EQ(*received, sent);
    for (const Response& answer : {Response{Kind::ok, n, 0}, Response{Kind::not_leader, {}, 4}}) {
      const Result<Response> back = decode_response(encode(answer));
      ASSERT_TRUE(back.has_value());
      EXPECT_EQ(*back, answer);
    }
  }
}

TEST(Command, WhatIsNoneIsAnError) {
  const Bytes whole = encode(command(1, 300, Command::Kind::cas, -5, 6, 7000));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(decode_command(whole.substr(0, size)).has_error()) << size;
  }
  EXPECT_TRUE(decode_command(whole + "x").has_error());
  EXPECT_TRUE(decode_command("\x03" + whole.substr(1)).has_error()) << "no such kind";
  const Bytes answer = encode(Response{Kind::ok, 7, 0});
  for (std::size_t size = 0; size < answer.size(); ++size) {
    EXPECT_TRUE(decode_response(answer.substr(0, size)).has_error()) << size;
  }
  EXPECT_TRUE(decode_response("\x06" + answer.substr(1)).has_error()) << "no such kind";
  EXPECT_TRUE(decode_response(encode(Response{Kind::not_leader, {}, -1})).has_error());
}

TEST(Bytes, ReadingPastTheEndFailsAndGoesOnFailing) {
  ByteReader empty("");
  EXPECT_EQ(empty.natural(), 0U);
  EXPECT_TRUE(empty.failed());
  ByteReader endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12));
  endless.natural();
  EXPECT_TRUE(endless.failed());
  EXPECT_EQ(endless.byte(), 0);
  ByteReader long_text(
      std::string_view("\x05"
                       "abcd",
                       5));
  EXPECT_EQ(long_text.text(), "");
  EXPECT_TRUE(long_text.failed());
}

}  // namespace
}  // namespace faultline::kv
