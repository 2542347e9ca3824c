#include "harness/environments/local/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "harness/core/rng.hpp"

namespace faultline::local {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string encoded(FrameKind kind, std::uint64_t number, std::string_view bytes) {
  std::string out;
  append_frame(out, {kind, number, bytes});
  return out;
}

std::string shown(const Frame& frame) {
  return std::to_string(static_cast<int>(frame.kind)) + " " + std::to_string(frame.number) + " " +
         std::string(frame.bytes);
}

// The frames that are there now; the last entry is the error, if there is one.
std::vector<std::string> drain(FrameDecoder& decoder) {
  std::vector<std::string> frames;
  for (;;) {
    const auto frame = decoder.next();
    if (!frame) frames.push_back("error: " + frame.error().message);
    if (!frame || !*frame) return frames;
    frames.push_back(shown(**frame));
  }
}

TEST(Frame, SplitAtEveryByte) {
  const std::string stream = encoded(FrameKind::message, 2, "vote") +
                             encoded(FrameKind::request, UINT64_MAX, "") +
                             encoded(FrameKind::reply, 7, std::string(300, 'x'));
  const auto whole =
      ElementsAre("0 2 vote", "1 18446744073709551615 ", "2 7 " + std::string(300, 'x'));
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    FrameDecoder decoder;
    decoder.feed(stream.substr(0, split));
    std::vector<std::string> frames = drain(decoder);
    decoder.feed(stream.substr(split));
    for (auto& frame : drain(decoder)) frames.push_back(std::move(frame));
    EXPECT_THAT(frames, whole) << "split at " << split;
  }
}

TEST(Frame, OneByteAtATime) {
  const std::string stream =
      encoded(FrameKind::status_request, 1, "") + encoded(FrameKind::status, 1, "123456789");
  FrameDecoder decoder;
  std::vector<std::string> frames;
  for (const char byte : stream) {
    decoder.feed({&byte, 1});
    for (auto& frame : drain(decoder)) frames.push_back(std::move(frame));
  }
  EXPECT_THAT(frames, ElementsAre("3 1 ", "4 1 123456789"));
}

TEST(Frame, NoFlippedBitYieldsAFrame) {
  const std::string good = encoded(FrameKind::request, 5, "write 1 2");
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    std::string bad = good;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    FrameDecoder decoder;
    decoder.feed(bad);
    const std::vector<std::string> frames = drain(decoder);
    if (frames.empty()) continue;  // it claims to be longer
    EXPECT_THAT(frames, ElementsAre(HasSubstr("error: "))) << "bit " << i;
  }
}

TEST(Frame, ALengthOutOfLimitsIsRefusedBeforeAnythingIsWaitedFor) {
  FrameDecoder decoder;
  decoder.feed("GET / HTTP/1.1\r\n");
  EXPECT_THAT(drain(decoder), ElementsAre(HasSubstr("no frame: 542393671 bytes long")));
  FrameDecoder empty;
  empty.feed(std::string(4, '\0'));
  EXPECT_THAT(drain(empty), ElementsAre(HasSubstr("no frame: 0 bytes long")));
}

TEST(Frame, TheLargestPasses) {
  const std::string bytes(kMaxFrameBytes, 'y');
  FrameDecoder decoder;
  decoder.feed(encoded(FrameKind::request, 1, bytes));
  const auto frame = decoder.next();
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->bytes, bytes);
}

TEST(Frame, AnUnknownKindIsRefused) {
  FrameDecoder decoder;
  decoder.feed(encoded(static_cast<FrameKind>(5), 1, "x"));
  EXPECT_THAT(drain(decoder), ElementsAre("error: a frame of no known kind: 5"));
}

TEST(Frame, GarbageIsNeverAFrame) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Rng rng(seed);
    std::string garbage;
    for (int i = 0; i < 400; ++i) garbage.push_back(static_cast<char>(rng.below(256)));
    garbage[2] = garbage[3] = 0;  // a length that may be
    FrameDecoder decoder;
    decoder.feed(garbage);
    for (const std::string& frame : drain(decoder)) {
      EXPECT_THAT(frame, HasSubstr("error: ")) << "seed " << seed;
    }
  }
}

TEST(Status, ComesBackAsItWas) {
  for (const NodeStatus& status : {NodeStatus{true, UINT64_MAX}, NodeStatus{false, 0}}) {
    const auto read = decode_status(encode_status(status));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->leader, status.leader);
    EXPECT_EQ(read->term, status.term);
  }
  EXPECT_FALSE(decode_status(""));
  EXPECT_FALSE(decode_status("\2" + std::string(8, '\0')));
  EXPECT_FALSE(decode_status(std::string(10, '\0')));
}

}  // namespace
}  // namespace faultline::local
