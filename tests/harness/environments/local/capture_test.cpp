#include "harness/environments/local/capture.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/harness/environments/local/pcap_file.hpp"

namespace faultline::local {
namespace {

constexpr Time kStart = 1'700'000'000 * kSecond;

class CaptureTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "capture-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string path() const { return directory_ / "packets.pcap"; }
  std::unique_ptr<Capture> create(const CaptureLimits& limits = {}) const {
    return std::move(*Capture::create(path(), limits));
  }

 private:
  std::filesystem::path directory_;
};

std::vector<std::uint8_t> packet(std::size_t number) {
  return std::vector<std::uint8_t>(20 + number % 1481, static_cast<std::uint8_t>(number));
}

TEST_F(CaptureTest, KeepsEveryPacketAndItsTime) {
  constexpr std::size_t kPackets = 20'000;  // several buffers' worth
  auto capture = create({.buffer_bytes = std::size_t{64} << 20});
  for (std::size_t i = 0; i < kPackets; ++i) {
    capture->record(kStart + static_cast<Time>(i) * 1'234'567, packet(i));
  }
  EXPECT_EQ(capture->missing(), 0U);
  capture.reset();
  const auto found = read_pcap(path());
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), kPackets);
  for (std::size_t i = 0; i < kPackets; ++i) {
    ASSERT_EQ((*found)[i].at, kStart + static_cast<Time>(i) * 1'234'567);
    ASSERT_EQ((*found)[i].bytes, packet(i));
  }
}

TEST_F(CaptureTest, IsAFileWithoutPacketsIfThereWereNone) {
  create().reset();
  const auto found = read_pcap(path());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->empty());
}

// So that of a program that is killed nearly everything is there.
TEST_F(CaptureTest, WritesSoonWhatIsLittle) {
  const auto capture = create();
  capture->record(kStart, packet(7));
  bool there = false;
  for (int i = 0; i < 100 && !there; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto found = read_pcap(path());
    there = found && found->size() == 1;
  }
  EXPECT_TRUE(there);
}

TEST_F(CaptureTest, StopsAtItsLimitAndCountsWhatIsMissing) {
  auto capture = create({.file_bytes = 10'000});
  for (std::size_t i = 0; i < 100; ++i) capture->record(kStart, packet(980));  // 1016 bytes each
  EXPECT_EQ(capture->missing(), 91U);
  capture.reset();
  const auto found = read_pcap(path());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->size(), 9U);
}

TEST_F(CaptureTest, NeitherWaitsNorGrowsWhenTheWriterIsBehind) {
  auto capture = create({.buffer_bytes = 4096});
  for (std::size_t i = 0; i < 100'000; ++i) capture->record(kStart, packet(980));
  const std::uint64_t missing = capture->missing();
  EXPECT_GT(missing, 0U);
  capture.reset();
  const auto found = read_pcap(path());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->size() + missing, 100'000U);
}

TEST(Capture, SaysWhereItCannotWrite) {
  const auto capture = Capture::create("/nowhere/at/all.pcap");
  ASSERT_FALSE(capture);
  EXPECT_EQ(capture.error().message,
            "/nowhere/at/all.pcap: cannot write the capture: No such file or directory");
}

TEST(Capture, CountsAsMissingWhatADiskDoesNotTake) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "/dev/full is missing";
  const auto capture = std::move(*Capture::create("/dev/full"));
  for (int i = 0; i < 3; ++i) capture->record(kStart, packet(980));
  EXPECT_EQ(capture->missing(), 3U);
  capture->record(kStart, packet(980));
  EXPECT_EQ(capture->missing(), 4U);
}

// A limit of the file's size stands for a disk that is full.
TEST_F(CaptureTest, OnADiskThatFillsUpTheFileEndsWithAWholePacket) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  auto capture = create();
  for (int i = 0; i < 5; ++i) capture->record(kStart, packet(980));  // 1016 bytes each
  EXPECT_EQ(capture->missing(), 0U);
  const rlimit low{.rlim_cur = 8'000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
  for (int i = 0; i < 7; ++i) capture->record(kStart, packet(980));
  const std::uint64_t missing = capture->missing();
  capture.reset();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  const auto found = read_pcap(path());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->size() + missing, 12U);
  EXPECT_GE(found->size(), 5U);
  EXPECT_LT(found->size(), 8U);
}

}  // namespace
}  // namespace faultline::local
