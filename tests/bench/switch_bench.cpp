// How fast the switch is: packets a second on one core, and what it adds to a round trip. Real
// namespaces, real sockets; as root, or where users may have user namespaces.
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/harness/environments/local/switched_network.hpp"

namespace faultline::local {
namespace {

constexpr int kBatch = 32;  // what the sockets' buffers hold in any case

std::optional<std::vector<Port>> ports(benchmark::State& state) {
  if (const auto may = may_make_namespaces(); !may) {
    state.SkipWithError(may.error().message.c_str());
    return std::nullopt;
  }
  auto out = open_node_ports(2, static_cast<PortKind>(state.range(0)));
  if (!out) {
    state.SkipWithError(out.error().message.c_str());
    return std::nullopt;
  }
  return std::move(*out);
}

double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// The sockets of the first two nodes, and what forwards between them in this thread.
class Line {
 public:
  explicit Line(std::vector<Port> ports)
      : from_(open_socket(ports, 0)),
        to_(open_socket(ports, 1)),
        forwarder_(switch_ports(ports), Rng(1), nullptr) {}

  Forwarder& forwarder() { return forwarder_; }
  void send_batch(const std::string& bytes) const {
    for (int i = 0; i < kBatch; ++i) send_to(from_, 1, bytes);
  }
  int receive_all() const {
    int count = 0;
    while (receive(to_, 0)) ++count;
    return count;
  }

 private:
  static FileDescriptor open_socket(const std::vector<Port>& ports, NodeId node) {
    return open_node_socket(ports[static_cast<std::size_t>(node)], node, SOCK_DGRAM);
  }

  FileDescriptor from_;
  FileDescriptor to_;
  Forwarder forwarder_;
};

// The processor time of the one thread: the kernel's way to the receiver's socket included, the
// sender's and the receiver's own not.
void forward(benchmark::State& state, const LinkFault& fault) {
  auto opened = ports(state);
  if (!opened) return;
  Line line(std::move(*opened));
  line.forwarder().impair({{0, 1}}, fault);
  const std::string bytes(static_cast<std::size_t>(state.range(1)), 'x');
  std::int64_t received = 0;
  for (auto _ : state) {
    line.send_batch(bytes);
    const double before = thread_seconds();
    line.forwarder().forward(0, 2 * kBatch);  // the kernel has something to say in IPv6
    while (line.forwarder().next_due() != kNever) line.forwarder().deliver_due();
    state.SetIterationTime(thread_seconds() - before);
    received += line.receive_all();
  }
  if (received != state.iterations() * kBatch) state.SkipWithError("packets are missing");
  state.SetItemsProcessed(received);
}

void packets(benchmark::State& state) {
  forward(state, {});
}

// Held for about two microseconds: what matters is that all of it goes through the heap.
void impaired_packets(benchmark::State& state) {
  forward(state, {.delay = 2 * kMicrosecond,
                  .jitter = kMicrosecond,
                  .spread = LinkFault::Spread::normal,
                  .rate = 100'000'000'000});
}

void kinds_and_sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"packet", "bytes"})->ArgsProduct({{0, 1}, {64, 1400}})->UseManualTime();
}
BENCHMARK(packets)->Apply(kinds_and_sizes);
BENCHMARK(impaired_packets)->Apply(kinds_and_sizes);

// An echo that the node's kernel answers, so that no process must wake up there.
bool ping(const FileDescriptor& socket, NodeId to, std::uint16_t number) {
  icmphdr request{};
  request.type = ICMP_ECHO;
  request.un.echo.sequence = number;
  request.checksum = static_cast<std::uint16_t>(~((ICMP_ECHO + number) % 0xffff));
  send_to(socket, to, {reinterpret_cast<const char*>(&request), sizeof request});
  while (const auto answer = receive(socket)) {
    icmphdr header{};
    std::memcpy(&header, answer->data() + sizeof(iphdr), sizeof header);
    if (header.type == ICMP_ECHOREPLY && header.un.echo.sequence == number) return true;
  }
  return false;
}

// To the next node through the switch, or to itself, which is what the rest takes.
void round_trip(benchmark::State& state, NodeId to) {
  auto opened = ports(state);
  if (!opened) return;
  const SwitchedNetwork network(std::move(*opened));
  const auto socket = network.socket(0, SOCK_RAW, IPPROTO_ICMP);
  std::uint16_t number = 0;
  for (auto _ : state) {
    if (!ping(socket, to, ++number)) return state.SkipWithError("no answer");
  }
}

void round_trip_by_the_switch(benchmark::State& state) {
  round_trip(state, 1);
}
void round_trip_without_it(benchmark::State& state) {
  round_trip(state, 0);
}
BENCHMARK(round_trip_by_the_switch)->ArgName("packet")->Arg(0)->Arg(1)->UseRealTime();
BENCHMARK(round_trip_without_it)->ArgName("packet")->Arg(0)->UseRealTime();

// One stream, as fast as it goes; sender and receiver share the cores with the switch.
void tcp_stream(benchmark::State& state) {
  auto opened = ports(state);
  if (!opened) return;
  const SwitchedNetwork network(std::move(*opened));
  const auto connection = connect(network, 0, 1);
  constexpr std::size_t kBytes = std::size_t{1} << 20;
  const std::string bytes(kBytes, 'x');
  std::string buffer(kBytes, 0);
  for (auto _ : state) {
    std::thread sender([&] { ::send(connection.client.get(), bytes.data(), kBytes, 0); });
    ::recv(connection.server.get(), buffer.data(), kBytes, MSG_WAITALL);
    sender.join();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kBytes));
}
BENCHMARK(tcp_stream)->ArgName("packet")->Arg(0)->Arg(1)->UseRealTime();

}  // namespace
}  // namespace faultline::local

BENCHMARK_MAIN();
