#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "harness/environments/local/forwarder.hpp"
#include "tests/harness/environments/local/switched_network.hpp"

namespace faultline::local {
namespace {

class SwitchForwarderTest : public testing::TestWithParam<PortKind> {
 protected:
  void SetUp() override {
    if (const auto may = may_make_namespaces(); !may) GTEST_SKIP() << may.error().message;
    auto ports = open_node_ports(2, GetParam());
    if (!ports) GTEST_SKIP() << ports.error().message;
    from_ = open_node_socket((*ports)[0], 0, SOCK_DGRAM);
    to_ = open_node_socket((*ports)[1], 1, SOCK_DGRAM);
    namespaces_ = std::move(*ports);
    forwarder_.emplace(switch_ports(namespaces_), Rng(1), nullptr);
  }

  // Into the forwarder, and no further than its link lets it.
  void send(const std::string& text) {
    send_to(from_, 1, text);
    forward();
  }
  void forward() { ASSERT_TRUE(forwarder_->forward(0, 64)); }

  FileDescriptor from_;
  FileDescriptor to_;
  std::vector<Port> namespaces_;
  std::optional<Forwarder> forwarder_;
};

// A packet that is due but has not left yet, as the switch was busy, keeps its place.
TEST_P(SwitchForwarderTest, NothingOvertakesWhatIsDue) {
  // Half of the delays are 0.
  forwarder_->impair({{0, 1}}, {.jitter = 500 * kMicrosecond});
  int number = 0;
  for (int round = 0; round < 50; ++round) {
    send(std::to_string(number++));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    send(std::to_string(number++));
    while (forwarder_->next_due() != kNever) forwarder_->deliver_due();
  }
  for (int i = 0; i < number; ++i) ASSERT_EQ(receive(to_), std::to_string(i));
}

TEST_P(SwitchForwarderTest, ReadsNoMoreAtOnceThanItIsTold) {
  for (int i = 0; i < 10; ++i) send_to(from_, 1, "hello");
  int calls = 0;
  while (forwarder_->counters().at({0, 1}).delivered < 10) {
    const auto before = forwarder_->counters().at({0, 1}).delivered;
    ASSERT_TRUE(forwarder_->forward(0, 3));
    ASSERT_LE(forwarder_->counters().at({0, 1}).delivered, before + 3);
    ASSERT_LT(++calls, 1000);
  }
  EXPECT_GE(calls, 4);
}

TEST_P(SwitchForwarderTest, CountsWhatItCannotHold) {
  forwarder_->impair({{0, 1}}, {.delay = 3600 * kSecond});
  constexpr std::uint64_t kMore = 100;
  for (std::uint64_t i = 0; i < HeldPackets::kMost + kMore; ++i) send("hello");
  while (forwarder_->counters().at({0, 1}).packets < HeldPackets::kMost + kMore) forward();
  EXPECT_EQ(forwarder_->counters().at({0, 1}).overflowed, kMore);
}

INSTANTIATE_TEST_SUITE_P(Kinds, SwitchForwarderTest,
                         testing::Values(PortKind::tun, PortKind::packet), [](const auto& kind) {
                           return kind.param == PortKind::tun ? "Tun" : "Packet";
                         });

}  // namespace
}  // namespace faultline::local
