#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

#include "harness/environments/local/capture.hpp"
#include "harness/environments/local/switch.hpp"
#include "tests/harness/environments/local/pcap_file.hpp"
#include "tests/harness/environments/local/switched_network.hpp"

namespace faultline::local {
namespace {

class SwitchCaptureTest : public testing::TestWithParam<PortKind> {
 protected:
  void SetUp() override {
    if (const auto may = may_make_namespaces(); !may) GTEST_SKIP() << may.error().message;
  }
};

std::string payload_of(const CapturedPacket& packet) {
  constexpr std::size_t kHeaders = 20 + 8;
  return {packet.bytes.begin() + kHeaders, packet.bytes.end()};
}

TEST_P(SwitchCaptureTest, CapturesWhatIsDeliveredAndNothingElse) {
  auto ports = open_node_ports(2, GetParam());
  if (!ports) GTEST_SKIP() << ports.error().message;
  const auto path =
      std::filesystem::temp_directory_path() / ("switch-" + std::to_string(::getpid()) + ".pcap");
  auto capture = Capture::create(path.string());
  ASSERT_TRUE(capture) << capture.error().message;
  SwitchedNetwork network(std::move(*ports), std::move(*capture));
  const auto from = network.socket(0, SOCK_DGRAM);
  const auto to = network.socket(1, SOCK_DGRAM);
  const auto send = [&](const LinkFault& fault, std::string_view text) {
    network.control().impair({{0, 1}}, fault);
    const auto before = network.counters(0, 1).packets;
    send_to(from, 1, text);
    while (network.counters(0, 1).packets == before) std::this_thread::yield();
  };
  const auto wall_time = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  send({.delay = 20 * kMillisecond}, "late");
  send({.loss_chance = 10'000}, "lost");
  send({}, "at once");
  send({.duplicate_chance = 10'000}, "twice");
  send({.corrupt_chance = 10'000}, "damaged");
  while (network.counters(0, 1).delivered < 5) std::this_thread::yield();
  network.stop();

  const auto found = read_pcap(path.string());
  std::filesystem::remove(path);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 5U);
  const auto count = [&](std::string_view text) {
    return std::count_if(found->begin(), found->end(),
                         [&](const auto& packet) { return payload_of(packet) == text; });
  };
  EXPECT_EQ(count("at once"), 1);
  EXPECT_EQ(count("twice"), 2);
  EXPECT_EQ(count("late"), 1);
  EXPECT_EQ(count("lost"), 0);
  for (Time last = wall_time.count() - kMillisecond; const auto& packet : *found) {
    EXPECT_GE(packet.at, last);
    last = packet.at;
    EXPECT_EQ(packet.bytes[0], 0x45);
    EXPECT_LT(packet.at, wall_time.count() + 60 * kSecond);
  }
}

TEST_P(SwitchCaptureTest, TellsWhatIsMissing) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "/dev/full is missing";
  auto ports = open_node_ports(2, GetParam());
  if (!ports) GTEST_SKIP() << ports.error().message;
  SwitchedNetwork network(std::move(*ports), std::move(*Capture::create("/dev/full")));
  EXPECT_EQ(network.control().missing_in_capture(), 0U);
  const auto from = network.socket(0, SOCK_DGRAM);
  const auto to = network.socket(1, SOCK_DGRAM);
  for (int i = 0; i < 3; ++i) send_to(from, 1, "hello");
  while (network.counters(0, 1).delivered < 3) std::this_thread::yield();
  EXPECT_EQ(network.control().missing_in_capture(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, SwitchCaptureTest, testing::Values(PortKind::tun, PortKind::packet),
                         [](const auto& kind) {
                           return kind.param == PortKind::tun ? "Tun" : "Packet";
                         });

}  // namespace
}  // namespace faultline::local
