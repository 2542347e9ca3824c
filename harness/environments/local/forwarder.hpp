// Forwarder: what the switch does with packets: reads them from the nodes' ports, decides for each
// by its directed link, and writes them to the port they go to, now or later. It has no thread and
// waits for nothing: see Switch. For one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "harness/core/environment.hpp"
#include "harness/core/rng.hpp"
#include "harness/core/time.hpp"
#include "harness/environments/impaired_link.hpp"
#include "harness/environments/local/capture.hpp"
#include "harness/environments/local/held_packets.hpp"
#include "harness/environments/local/network_namespace.hpp"

namespace faultline::local {

// One end of the switch; addresses.hpp tells whose address is whose.
struct SwitchPort {
  NodeId node = 0;  // or kClients
  FileDescriptor device;
  PortKind kind = PortKind::tun;
  HardwareAddress mac{};
  int interface_index = 0;
};

// What became of the packets of one directed link. Those under way are in `packets` alone.
struct LinkCounters {
  std::uint64_t packets = 0;  // sent into the link
  std::uint64_t bytes = 0;    // of those
  std::uint64_t cut = 0;      // not arrived, since the link was cut; a copy counts, too
  std::uint64_t lost = 0;     // by an impairment, rate included
  std::uint64_t duplicated = 0;
  std::uint64_t corrupted = 0;   // and sent on
  std::uint64_t reordered = 0;   // sent ahead of what waited
  std::uint64_t overflowed = 0;  // the switch or the node could not take them: no fault of ours
  std::uint64_t delivered = 0;   // copies included
};

using CountersByLink = std::map<std::pair<NodeId, NodeId>, LinkCounters>;  // from, to

class Forwarder {
 public:
  // Each link draws from a stream of its own.
  Forwarder(std::vector<SwitchPort> ports, const Rng& rng, std::unique_ptr<Capture> capture);

  const std::vector<SwitchPort>& ports() const { return ports_; }
  CountersByLink counters() const;
  // Any thread may ask; 0 without a capture.
  std::uint64_t missing_in_capture() const { return capture_ ? capture_->missing() : 0; }

  // These links, and only these. Those of nodes that have no port are passed over.
  void cut(const Links& links);
  void impair(const Links& links, const LinkFault& fault);

  // Reads up to `most` packets that wait at a port. False: the port is gone for good.
  bool forward(std::size_t port, int most);
  void deliver_due();     // what is due by now
  Time next_due() const;  // CLOCK_MONOTONIC; kNever if nothing is under way

 private:
  struct Link {
    explicit Link(Rng rng) : impaired(rng) {}
    ImpairedLink impaired;
    bool cut = false;
    LinkCounters counters;
  };

  std::size_t index(std::size_t from, std::size_t to) const { return from * ports_.size() + to; }
  template <class Change>
  void for_each(const Links& links, const Change& change);
  void deliver_due(Time now);
  void route(std::size_t from, std::span<const std::uint8_t> packet, Time now);
  void send(std::size_t link, std::span<const std::uint8_t> packet, Time now);
  void send_copy(std::size_t link, std::span<const std::uint8_t> packet, const Delivery& delivery,
                 Time now);
  void arrive(std::size_t link, std::span<const std::uint8_t> packet, Time now);

  static constexpr std::uint8_t kNoPort = 255;

  std::vector<SwitchPort> ports_;
  std::array<std::uint8_t, 256> port_of_{};  // by the last byte of an address
  std::vector<Link> links_;                  // by index(from, to)
  HeldPackets held_;
  std::unique_ptr<Capture> capture_;  // null: none
  Time wall_time_offset_ = 0;         // CLOCK_REALTIME - CLOCK_MONOTONIC
  std::array<std::uint8_t, kLongestPacket> read_{};
  std::array<std::uint8_t, kLongestPacket> corrupted_{};
};

}  // namespace faultline::local
