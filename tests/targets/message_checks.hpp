// What holds for the binary form of the messages of every embedded target, whatever they say. Each
// is given samples of all types, and the target's decode_message. Pure functions.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"
#include "harness/core/rng.hpp"

namespace faultline {

template <class Message>
using Decode = Result<Message> (*)(std::string_view bytes);

template <class Message>
void expect_to_survive_encoding(const std::vector<Message>& samples, Decode<Message> decode) {
  for (const Message& message : samples) {
    const Result<Message> decoded = decode(encode(message));
    ASSERT_TRUE(decoded.has_value()) << describe(message);
    EXPECT_EQ(*decoded, message);
  }
}

template <class Message>
void expect_errors_if_cut_or_extended(const std::vector<Message>& samples, Decode<Message> decode) {
  for (const Message& message : samples) {
    const Bytes whole = encode(message);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_TRUE(decode(whole.substr(0, size)).has_error()) << describe(message) << " " << size;
    }
    EXPECT_TRUE(decode(whole + '\0').has_error()) << describe(message);
  }
}

// Garbage is an error, or a message like any other.
template <class Message>
void expect_to_survive_garbage(const std::vector<Message>& samples, Decode<Message> decode) {
  constexpr std::uint64_t kSeed = 11;
  Rng rng(kSeed);
  int rejected = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = encode(rng.pick(samples));
    for (std::uint64_t flips = rng.between(1, 4); flips > 0; --flips) {
      const std::size_t place = rng.below(bytes.size());
      bytes[place] = static_cast<char>(rng.below(256));
    }
    const Result<Message> decoded = decode(bytes);
    if (!decoded) ++rejected;
    if (!decoded) continue;
    const Result<Message> again = decode(encode(*decoded));
    ASSERT_TRUE(again.has_value()) << "seed " << kSeed;
    EXPECT_EQ(*again, *decoded) << "seed " << kSeed;
  }
  EXPECT_GT(rejected, 1000);
}

}  // namespace faultline
