#include "harness/environments/local/switch.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/harness/environments/local/switched_network.hpp"

namespace faultline::local {
namespace {

struct Arrival {
  std::uint64_t number = 0;
  Duration delay = 0;
};

struct Stamp {
  std::uint64_t number;
  Time sent;
};

class SwitchTest : public testing::TestWithParam<PortKind> {
 protected:
  void SetUp() override {
    if (const auto may = may_make_namespaces(); !may) GTEST_SKIP() << may.error().message;
    auto ports = open_node_ports(3, GetParam());
    if (!ports) GTEST_SKIP() << ports.error().message;
    network_ = std::make_unique<SwitchedNetwork>(std::move(*ports));
    for (const NodeId node : {0, 1, 2, kClients})
      udp_.push_back(network_->socket(node, SOCK_DGRAM));
  }

  Switch& control() { return network_->control(); }
  const FileDescriptor& udp(NodeId node) const { return node == kClients ? udp_[3] : udp_[node]; }

  bool arrives(NodeId from, NodeId to, Duration timeout = 2 * kSecond) const {
    send_to(udp(from), to, "hello");
    return receive(udp(to), timeout) == "hello";
  }

  // Sends so many datagrams from the first node to the second, one each gap, and waits until none
  // has come for `quiet`.
  std::vector<Arrival> send_many(int count, Duration gap, std::size_t size = sizeof(Stamp),
                                 Duration quiet = 400 * kMillisecond) const {
    std::thread sender([&] {
      std::string bytes(size, 'x');
      const Time start = monotonic_now();
      for (int i = 0; i < count; ++i) {
        std::this_thread::sleep_for(
            std::chrono::nanoseconds(std::max<Duration>(0, start + i * gap - monotonic_now())));
        const Stamp stamp{.number = static_cast<std::uint64_t>(i), .sent = monotonic_now()};
        std::memcpy(bytes.data(), &stamp, sizeof stamp);
        send_to(udp(0), 1, bytes);
      }
    });
    std::vector<Arrival> out;
    while (const auto bytes = receive(udp(1), quiet)) {
      Stamp stamp{};
      std::memcpy(&stamp, bytes->data(), sizeof stamp);
      out.push_back({.number = stamp.number, .delay = monotonic_now() - stamp.sent});
    }
    sender.join();
    return out;
  }

  void close_sockets() { udp_.clear(); }

  std::unique_ptr<SwitchedNetwork> network_;

 private:
  std::vector<FileDescriptor> udp_;
};

const Links kFirstToSecond = {{0, 1}};

bool is_in_order(const std::vector<Arrival>& arrivals) {
  return std::is_sorted(arrivals.begin(), arrivals.end(),
                        [](const auto& a, const auto& b) { return a.number < b.number; });
}

std::vector<Duration> sorted_delays(const std::vector<Arrival>& arrivals) {
  std::vector<Duration> out;
  for (const auto& arrival : arrivals) out.push_back(arrival.delay);
  std::sort(out.begin(), out.end());
  return out;
}

TEST_P(SwitchTest, JoinsNodesAndClients) {
  for (const NodeId from : {0, 1, 2, kClients}) {
    for (const NodeId to : {0, 1, 2, kClients}) {
      if (from == to) continue;
      EXPECT_TRUE(arrives(from, to)) << from << " to " << to;
      const auto counters = network_->counters(from, to);
      EXPECT_EQ(counters.packets, 1U);
      EXPECT_EQ(counters.bytes, 20U + 8 + 5);
      EXPECT_EQ(counters.delivered, 1U);
    }
  }
}

TEST_P(SwitchTest, CutsOneWayIfAskedTo) {
  control().cut({{0, 1}, {kClients, 2}});
  EXPECT_FALSE(arrives(0, 1, 100 * kMillisecond));
  EXPECT_FALSE(arrives(kClients, 2, 100 * kMillisecond));
  EXPECT_TRUE(arrives(1, 0));
  EXPECT_TRUE(arrives(2, kClients));
  EXPECT_TRUE(arrives(0, 2));
  EXPECT_TRUE(arrives(kClients, 1));
  const auto counters = network_->counters(0, 1);
  EXPECT_EQ(counters.packets, 1U);
  EXPECT_EQ(counters.cut, 1U);
  EXPECT_EQ(counters.delivered, 0U);
  control().cut({{1, 0}});  // that alone, from now on
  EXPECT_TRUE(arrives(0, 1));
  EXPECT_FALSE(arrives(1, 0, 100 * kMillisecond));
  control().cut({});
  EXPECT_TRUE(arrives(1, 0));
}

// In an hour, too: nobody asks for an address, so no answer can be cut.
TEST_P(SwitchTest, CutsOneWayForNodesThatNeverSpoke) {
  control().cut({{1, 0}});
  EXPECT_TRUE(arrives(0, 1));
}

TEST_P(SwitchTest, ACutTakesWhatIsUnderWay) {
  control().impair(kFirstToSecond, {.delay = 100 * kMillisecond});
  send_to(udp(0), 1, "hello");
  while (network_->counters(0, 1).packets == 0) std::this_thread::yield();
  control().cut(kFirstToSecond);
  EXPECT_FALSE(receive(udp(1), 300 * kMillisecond));
  EXPECT_EQ(network_->counters(0, 1).cut, 1U);
}

TEST_P(SwitchTest, WhatIsUnderWayArrivesThoughTheFaultEnds) {
  control().impair(kFirstToSecond, {.delay = 200 * kMillisecond});
  const Time sent = monotonic_now();
  send_to(udp(0), 1, "hello");
  while (network_->counters(0, 1).packets == 0) std::this_thread::yield();
  control().impair({}, {});
  EXPECT_EQ(receive(udp(1), 2 * kSecond), "hello");
  EXPECT_GE(monotonic_now() - sent, 200 * kMillisecond);
  EXPECT_TRUE(arrives(0, 1));
}

// A machine that is busy with something else delivers late now and then, but never early.
bool holds_once(const std::function<bool()>& is_so) {
  for (int attempt = 0; attempt < 60; ++attempt) {
    if (is_so() || testing::Test::HasFailure()) return true;
  }
  return false;
}

bool is_near(Duration found, double asked_ms, double tolerance_ms) {
  return std::abs(static_cast<double>(found) / 1e6 - asked_ms) <= tolerance_ms;
}

TEST_P(SwitchTest, DelaysByWhatWasAsked) {
  control().impair(kFirstToSecond, {.delay = 50 * kMillisecond});
  EXPECT_TRUE(holds_once([&] {
    const auto delays = sorted_delays(send_many(200, kMillisecond));
    EXPECT_EQ(delays.size(), 200U);
    EXPECT_GE(delays.front(), 50 * kMillisecond);
    return is_near(delays[delays.size() / 4], 50, 1) && is_near(delays[delays.size() / 2], 50, 3);
  }));
  EXPECT_TRUE(holds_once([&] { return arrives(1, 0, 40 * kMillisecond); }))
      << "the other way is delayed, too";
}

TEST_P(SwitchTest, SpreadsDelaysByTheJitter) {
  control().impair(kFirstToSecond,
                   {.delay = 50 * kMillisecond, .jitter = 10 * kMillisecond, .fifo = false});
  EXPECT_TRUE(holds_once([&] {
    const auto arrivals = send_many(500, kMillisecond);
    const auto delays = sorted_delays(arrivals);
    EXPECT_EQ(delays.size(), 500U);
    EXPECT_GE(delays.front(), 40 * kMillisecond);
    EXPECT_FALSE(is_in_order(arrivals));
    return is_near(delays[delays.size() / 20], 41, 1.5) &&
           is_near(delays[delays.size() / 2], 50, 2) &&
           is_near(delays[delays.size() * 19 / 20], 59, 1.5);
  }));
}

TEST_P(SwitchTest, KeepsTheOrderIfItIsToldTo) {
  control().impair(kFirstToSecond, {.delay = 10 * kMillisecond, .jitter = 10 * kMillisecond});
  const auto arrivals = send_many(2000, 100 * kMicrosecond);
  EXPECT_EQ(arrivals.size(), 2000U);
  EXPECT_TRUE(is_in_order(arrivals));
}

TEST_P(SwitchTest, LosesAsMuchAsWasAsked) {
  control().impair(kFirstToSecond, {.loss_chance = 2000});
  const auto arrivals = send_many(4000, 100 * kMicrosecond);
  const auto counters = network_->counters(0, 1);
  EXPECT_EQ(counters.packets, 4000U);
  EXPECT_EQ(counters.lost + counters.delivered, 4000U);
  EXPECT_EQ(counters.overflowed, 0U);
  EXPECT_EQ(arrivals.size(), counters.delivered);
  EXPECT_NEAR(static_cast<double>(counters.lost), 800, 100);  // 4 standard deviations
  EXPECT_TRUE(is_in_order(arrivals));
}

TEST_P(SwitchTest, DuplicatesAsMuchAsWasAsked) {
  control().impair(kFirstToSecond, {.duplicate_chance = 3000});
  const auto arrivals = send_many(4000, 100 * kMicrosecond);
  const auto counters = network_->counters(0, 1);
  EXPECT_EQ(counters.delivered, 4000 + counters.duplicated);
  EXPECT_EQ(arrivals.size(), counters.delivered);
  EXPECT_NEAR(static_cast<double>(counters.duplicated), 1200, 120);
}

TEST_P(SwitchTest, ReordersWhatWaits) {
  control().impair(kFirstToSecond, {.delay = 50 * kMillisecond, .reorder_chance = 1000});
  EXPECT_TRUE(holds_once([&] {
    const auto before = network_->counters(0, 1).reordered;
    const auto arrivals = send_many(500, kMillisecond);
    const auto reordered = static_cast<std::int64_t>(network_->counters(0, 1).reordered - before);
    EXPECT_EQ(arrivals.size(), 500U);
    EXPECT_FALSE(is_in_order(arrivals));
    EXPECT_NEAR(static_cast<double>(reordered), 50, 30);
    const auto ahead = std::count_if(arrivals.begin(), arrivals.end(), [](const auto& arrival) {
      return arrival.delay < 50 * kMillisecond;
    });
    EXPECT_LE(ahead, reordered);
    return ahead > reordered * 9 / 10;
  }));
}

// 4 MB/s for half a second, of which 0.5 MB pass at once and 0.2 MB wait.
TEST_P(SwitchTest, HoldsBackToTheRate) {
  control().impair(kFirstToSecond, {.rate = 1'000'000});
  EXPECT_TRUE(holds_once([&] {
    const Duration quiet = 400 * kMillisecond;
    const auto lost_before = network_->counters(0, 1).lost;
    const Time start = monotonic_now();
    const auto arrivals = send_many(2000, 250 * kMicrosecond, 972, quiet);  // 1000 with headers
    const Duration took = monotonic_now() - start - quiet;
    EXPECT_EQ(network_->counters(0, 1).lost - lost_before, 2000 - arrivals.size());
    const double rate = static_cast<double>(arrivals.size()) / to_seconds(took);
    EXPECT_LE(rate, 1010);
    return rate > 950 && arrivals.size() > 650 && arrivals.size() < 750;
  }));
}

TEST_P(SwitchTest, ADamagedDatagramReachesNobody) {
  control().impair(kFirstToSecond, {.corrupt_chance = 10'000});
  EXPECT_TRUE(send_many(1000, 100 * kMicrosecond, 200).empty());
  const auto counters = network_->counters(0, 1);
  EXPECT_EQ(counters.corrupted, 1000U);
  EXPECT_EQ(counters.delivered, 1000U);
  EXPECT_TRUE(arrives(1, 0));
}

std::string random_bytes(std::size_t size) {
  std::string out(size, 0);
  Rng rng(3);
  for (char& c : out) c = static_cast<char>(rng.next());
  return out;
}

std::string transfer(const Connection& connection, const std::string& sent) {
  std::thread sender([&] {
    EXPECT_EQ(::send(connection.client.get(), sent.data(), sent.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(sent.size()));
  });
  std::string received;
  while (received.size() < sent.size()) {
    const auto some = receive(connection.server, 20 * kSecond);
    if (!some || some->empty()) break;
    received += *some;
  }
  sender.join();
  return received;
}

TEST_P(SwitchTest, ADamagedTcpStreamArrivesWhole) {
  const auto connection = connect(*network_, 0, 1);
  control().impair({{0, 1}, {1, 0}}, {.corrupt_chance = 300});
  const std::string sent = random_bytes(std::size_t{1} << 20);
  EXPECT_TRUE(transfer(connection, sent) == sent);
  EXPECT_GT(network_->counters(0, 1).corrupted, 5U);
}

TEST_P(SwitchTest, TcpSurvivesEverythingAtOnce) {
  const auto connection = connect(*network_, 0, 1);
  control().impair({{0, 1}, {1, 0}}, {.delay = 2 * kMillisecond,
                                      .jitter = kMillisecond,
                                      .spread = LinkFault::Spread::pareto,
                                      .loss_chance = 100,
                                      .duplicate_chance = 500,
                                      .reorder_chance = 200,
                                      .corrupt_chance = 100,
                                      .rate = 20'000'000,
                                      .fifo = false});
  const std::string sent = random_bytes(std::size_t{1} << 20);
  EXPECT_TRUE(transfer(connection, sent) == sent);
  const auto counters = network_->counters(0, 1);
  for (const auto count : {counters.lost, counters.duplicated, counters.reordered,
                           counters.corrupted, counters.delivered}) {
    EXPECT_GT(count, 0U);
  }
}

// Packets stay as small as the wire would have them: one that is lost or damaged is one.
TEST_P(SwitchTest, CarriesNoPacketLongerThanTheWireWould) {
  const auto connection = connect(*network_, 0, 1);
  const std::string sent = random_bytes(std::size_t{1} << 20);
  EXPECT_TRUE(transfer(connection, sent) == sent);
  const auto counters = network_->counters(0, 1);
  EXPECT_GE(counters.packets, sent.size() / 1460);
  EXPECT_LE(counters.bytes / counters.packets, 1500U);
}

TEST_P(SwitchTest, EndsWithPacketsUnderWay) {
  control().impair(kFirstToSecond, {.delay = 3600 * kSecond});
  for (int i = 0; i < 100; ++i) send_to(udp(0), 1, "hello");
  while (network_->counters(0, 1).packets < 100) std::this_thread::yield();
  const Time start = monotonic_now();
  network_->stop();
  EXPECT_LT(monotonic_now() - start, kSecond);
}

Duration processor_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * kSecond +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * kMicrosecond;
}

bool is_at_rest() {
  const Duration before = processor_time();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  return processor_time() - before < 50 * kMillisecond;
}

TEST_P(SwitchTest, TakesNoProcessorTimeWhenItsNodesAreGone) {
  network_->close_namespaces();
  close_sockets();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_TRUE(is_at_rest());
  EXPECT_EQ(network_->counters(0, 1).packets, 0U);
}

// What a node that is root in its namespace can do.
TEST_P(SwitchTest, TakesNoProcessorTimeWhenAnInterfaceIsGone) {
  network_->delete_interface(1);
  EXPECT_TRUE(is_at_rest());
  send_to(udp(0), 1, "hello");
  EXPECT_TRUE(arrives(0, 2));
  EXPECT_EQ(network_->counters(0, 1).overflowed, 1U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, SwitchTest, testing::Values(PortKind::tun, PortKind::packet),
                         [](const auto& kind) {
                           return kind.param == PortKind::tun ? "Tun" : "Packet";
                         });

}  // namespace
}  // namespace faultline::local
