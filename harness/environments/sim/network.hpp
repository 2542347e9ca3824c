// Network: what becomes of a message between two nodes of the simulator, or between a client and a
// node: lost, delayed, duplicated, overtaken by a later one, or cut off. Streams of chance of its
// own per directed link; a link that was never impaired draws from them as if no link could be.
#pragma once

#include <boost/container/static_vector.hpp>
#include <optional>
#include <vector>

#include "harness/core/environment.hpp"
#include "harness/core/rng.hpp"
#include "harness/environments/impaired_link.hpp"

namespace faultline::sim {

// How every link behaves while it is not cut. Chances are per 10,000 messages.
struct LinkBehaviour {
  Duration least_delay = 500 * kMicrosecond;
  Duration jitter = 2 * kMillisecond;  // uniform on top; unequal delays are what reorders messages
  int straggler_chance = 30;           // a message that takes far longer than the others
  Duration straggler_delay = 200 * kMillisecond;  // uniform on top, for those
  int loss_chance = 30;
  int duplicate_chance = 30;

  // With messages, but for the stragglers, that take `mean` on average.
  static LinkBehaviour of_latency(Duration mean) {
    LinkBehaviour behaviour;
    behaviour.least_delay = mean / 3;
    behaviour.jitter = 2 * (mean - behaviour.least_delay);
    return behaviour;
  }
};

class Network {
 public:
  Network(int nodes, const LinkBehaviour& behaviour, const Rng& rng);

  // Every copy of an impaired link may be doubled on its way.
  using Delays = boost::container::static_vector<Duration, 4>;
  // After what delays the copies of a message of `bytes`, sent at `now`, would arrive: none if it
  // is lost, two if duplicated. What an impaired link corrupts is lost: a checksum gives it away.
  // Whether the link is cut is asked at arrival: a cut also takes what is in flight.
  Delays delays(NodeId from, NodeId to, Time now, std::size_t bytes);
  // The same for a client's request or its answer, one of whose ends is kClients. Nothing if it is
  // lost, which only an impaired link does: otherwise it is reliable and in order, like TCP, whose
  // receiver also drops a second copy.
  std::optional<Duration> client_delay(NodeId from, NodeId to, Time now, std::size_t bytes);

  bool is_cut(NodeId from, NodeId to) const { return cut_[index(from, to)]; }
  void cut(const Grudge& links);  // these, and only these
  void heal();
  void impair(const Links& links, const LinkFault& fault);  // these, and only these

 private:
  // kClients is an end like any other.
  std::size_t index(NodeId from, NodeId to) const {
    static_assert(kClients == -1);
    return static_cast<std::size_t>(from + 1) * static_cast<std::size_t>(nodes_ + 1) +
           static_cast<std::size_t>(to + 1);
  }
  Duration draw_delay(Rng& rng) const;

  int nodes_;
  LinkBehaviour behaviour_;
  std::vector<Rng> rngs_;  // by index(from, to)
  Rng client_rng_;
  std::vector<ImpairedLink> links_;  // by index(from, to)
  std::vector<bool> cut_;            // by index(from, to)
};

}  // namespace faultline::sim
