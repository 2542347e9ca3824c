// ImpairedLink: what becomes of a packet on one directed link that misbehaves: lost, delayed,
// duplicated, overtaking, corrupted, held back by a rate. A pure function of its stream of chance,
// the fault and the calls; integers only, so that it is the same on every machine. For one thread.
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <cstdint>

#include "harness/core/link_fault.hpp"
#include "harness/core/rng.hpp"
#include "harness/core/time.hpp"

namespace faultline {

// One copy of a packet that arrives.
struct Delivery {
  Time at = 0;
  bool corrupt = false;      // one bit is to be flipped: which one, `chance` says
  std::uint64_t chance = 0;  // uniform in 64 bits, if corrupt
  bool overtakes = false;    // it was chosen to be reordered
};

class ImpairedLink {
 public:
  // Long enough that TCP sees a slow link, short enough that it sees one that loses, too.
  static constexpr Duration kLongestBacklog = 200 * kMillisecond;

  using Deliveries = boost::container::static_vector<Delivery, 2>;

  explicit ImpairedLink(Rng rng) : rng_(rng) {}

  // Behaves so from now on. What is under way keeps its times, and what is sent under another
  // fault may overtake it.
  void impair(const LinkFault& fault);
  void cure() { impair(LinkFault{}); }
  bool is_impaired() const { return impaired_; }

  // What arrives of a packet sent now: nothing if it is lost. Calls go forward in time.
  Deliveries send(Time now, std::size_t bytes);

 private:
  bool happens(int chance);
  Duration draw_delay();
  bool pass_rate(Time now, std::size_t bytes, Time& leaves);
  void deliver(Time now, std::size_t bytes, Deliveries& out);

  Rng rng_;
  LinkFault fault_;
  bool impaired_ = false;
  Time free_at_ = 0;  // the rate: when all that was sent so far has left
  Time last_at_ = 0;  // the latest delivery so far
};

}  // namespace faultline
