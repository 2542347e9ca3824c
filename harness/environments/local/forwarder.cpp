#include "harness/environments/local/forwarder.hpp"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "harness/environments/local/addresses.hpp"
#include "harness/environments/local/packet.hpp"

namespace faultline::local {
namespace {

Time read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

bool write_packet(const SwitchPort& port, std::span<const std::uint8_t> packet) {
  if (port.kind == PortKind::tun) {
    return ::write(port.device.get(), packet.data(), packet.size()) >= 0;
  }
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_protocol = htons(ETH_P_IP);
  to.sll_ifindex = port.interface_index;
  to.sll_halen = static_cast<unsigned char>(port.mac.size());
  std::copy(port.mac.begin(), port.mac.end(), to.sll_addr);
  return ::sendto(port.device.get(), packet.data(), packet.size(), 0,
                  reinterpret_cast<const sockaddr*>(&to), sizeof to) >= 0;
}

}  // namespace

Forwarder::Forwarder(std::vector<SwitchPort> ports, const Rng& rng,
                     std::unique_ptr<Capture> capture)
    : ports_(std::move(ports)),
      capture_(std::move(capture)),
      wall_time_offset_(read_clock(CLOCK_REALTIME) - read_clock(CLOCK_MONOTONIC)) {
  port_of_.fill(kNoPort);
  links_.reserve(ports_.size() * ports_.size());
  for (std::size_t from = 0; from < ports_.size(); ++from) {
    port_of_[host_number(ports_[from].node)] = static_cast<std::uint8_t>(from);
    for (const auto& to : ports_) {
      links_.emplace_back(rng.split(node_name(ports_[from].node) + ">" + node_name(to.node)));
    }
  }
}

CountersByLink Forwarder::counters() const {
  CountersByLink out;
  for (std::size_t from = 0; from < ports_.size(); ++from) {
    for (std::size_t to = 0; to < ports_.size(); ++to) {
      if (from == to) continue;
      out[{ports_[from].node, ports_[to].node}] = links_[index(from, to)].counters;
    }
  }
  return out;
}

template <class Change>
void Forwarder::for_each(const Links& links, const Change& change) {
  for (const auto& [from, to] : links) {
    const std::uint8_t from_port = port_of_[host_number(from)];
    const std::uint8_t to_port = port_of_[host_number(to)];
    if (from_port != kNoPort && to_port != kNoPort) change(links_[index(from_port, to_port)]);
  }
}

void Forwarder::cut(const Links& links) {
  for (auto& link : links_) link.cut = false;
  for_each(links, [](Link& link) { link.cut = true; });
}

// A link that is impaired as before goes on as it did, so it is not cured in between.
void Forwarder::impair(const Links& links, const LinkFault& fault) {
  std::vector<bool> chosen(links_.size(), false);
  for_each(links,
           [&](Link& link) { chosen[static_cast<std::size_t>(&link - links_.data())] = true; });
  for (std::size_t i = 0; i < links_.size(); ++i) {
    links_[i].impaired.impair(chosen[i] ? fault : LinkFault{});
  }
}

bool Forwarder::forward(std::size_t port, int most) {
  const int device = ports_[port].device.get();
  for (int i = 0; i < most; ++i) {
    const ssize_t size = ::read(device, read_.data(), read_.size());
    if (size < 0 && errno == EINTR) continue;
    // ENETDOWN: an error of the past that a packet socket tells once.
    if (size < 0) return errno == EAGAIN || errno == ENETDOWN;
    const Time now = read_clock(CLOCK_MONOTONIC);
    // First, so that nothing overtakes what should have left already.
    deliver_due(now);
    route(port, {read_.data(), static_cast<std::size_t>(size)}, now);
  }
  return true;
}

void Forwarder::deliver_due() {
  if (held_.size() > 0) deliver_due(read_clock(CLOCK_MONOTONIC));
}

void Forwarder::deliver_due(Time now) {
  while (held_.next() <= now) {
    held_.take_next(
        [&](std::size_t link, std::span<const std::uint8_t> packet) { arrive(link, packet, now); });
  }
}

Time Forwarder::next_due() const {
  return held_.next();
}

// What goes to no port of ours (multicast, IPv6) goes nowhere.
void Forwarder::route(std::size_t from, std::span<const std::uint8_t> packet, Time now) {
  const auto header = read_header(packet);
  if (!header || (header->destination & kNetworkMask) != kNetwork) return;
  const std::uint8_t to = port_of_[header->destination & 0xff];
  if (to == kNoPort || to == from) return;
  send(index(from, to), packet, now);
}

void Forwarder::send(std::size_t link, std::span<const std::uint8_t> packet, Time now) {
  auto& [impaired, cut, counters] = links_[link];
  ++counters.packets;
  counters.bytes += packet.size();
  if (cut) {
    ++counters.cut;
    return;
  }
  if (!impaired.is_impaired()) return arrive(link, packet, now);
  const auto deliveries = impaired.send(now, packet.size());
  if (deliveries.empty()) ++counters.lost;
  if (deliveries.size() == 2) ++counters.duplicated;
  for (const auto& delivery : deliveries) send_copy(link, packet, delivery, now);
}

void Forwarder::send_copy(std::size_t link, std::span<const std::uint8_t> packet,
                          const Delivery& delivery, Time now) {
  auto& counters = links_[link].counters;
  if (delivery.overtakes) ++counters.reordered;
  if (delivery.corrupt) {
    std::copy(packet.begin(), packet.end(), corrupted_.begin());
    if (flip_bit({corrupted_.data(), packet.size()}, delivery.chance)) ++counters.corrupted;
    packet = {corrupted_.data(), packet.size()};
  }
  if (delivery.at <= now) return arrive(link, packet, now);
  if (!held_.add(delivery.at, link, packet)) ++counters.overflowed;
}

// A cut takes what is under way: it is asked here, too.
void Forwarder::arrive(std::size_t link, std::span<const std::uint8_t> packet, Time now) {
  auto& [impaired, cut, counters] = links_[link];
  if (cut) {
    ++counters.cut;
    return;
  }
  if (!write_packet(ports_[link % ports_.size()], packet)) {
    ++counters.overflowed;
    return;
  }
  ++counters.delivered;
  if (capture_) capture_->record(now + wall_time_offset_, packet);
}

}  // namespace faultline::local
