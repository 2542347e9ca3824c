// Network: what becomes of a message between two nodes of the simulator: lost, delayed, duplicated,
// overtaken by a later one, or cut off. One stream of chance per directed link.
#pragma once

#include <boost/container/static_vector.hpp>
#include <vector>

#include "harness/core/environment.hpp"
#include "harness/core/rng.hpp"

namespace faultline::sim {

// How every link behaves while it is not cut. Chances are per 10,000 messages.
struct LinkBehaviour {
  Duration least_delay = 500 * kMicrosecond;
  Duration jitter = 2 * kMillisecond;  // uniform on top; unequal delays are what reorders messages
  int straggler_chance = 30;           // a message that takes far longer than the others
  Duration straggler_delay = 200 * kMillisecond;  // uniform on top, for those
  int loss_chance = 30;
  int duplicate_chance = 30;
};

class Network {
 public:
  Network(int nodes, const LinkBehaviour& behaviour, const Rng& rng);

  using Delays = boost::container::static_vector<Duration, 2>;
  // After what delays the copies of a message sent now would arrive: none if lost, two if
  // duplicated. Whether the link is cut is asked at arrival: a cut also takes what is in flight.
  Delays delays(NodeId from, NodeId to);
  // The delay of a client's connection to a node: reliable and in order, like TCP.
  Duration client_delay();

  bool is_cut(NodeId from, NodeId to) const { return cut_[index(from, to)]; }
  void cut(const Grudge& links);  // these, and only these
  void heal();
  void impair(const Links& links, const LinkFault& fault);  // these, and only these

 private:
  std::size_t index(NodeId from, NodeId to) const {
    return static_cast<std::size_t>(from) * static_cast<std::size_t>(nodes_) +
           static_cast<std::size_t>(to);
  }
  Duration draw_delay(Rng& rng) const;

  int nodes_;
  LinkBehaviour behaviour_;
  std::vector<Rng> rngs_;  // by index(from, to)
  Rng client_rng_;
  std::vector<bool> cut_;  // by index(from, to)
};

}  // namespace faultline::sim
