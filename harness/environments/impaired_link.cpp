#include "harness/environments/impaired_link.hpp"

#include <algorithm>
#include <cassert>

namespace faultline {
namespace {

__extension__ typedef __int128 Wide;  // a long duration times a fraction does not fit 64 bits

constexpr std::uint32_t kChanceScale = 10'000;

// The sum of twelve uniform numbers is as good as normal, and has the standard deviation 1 (of
// 2^16, here). Three draws give twelve numbers of 16 bits. Never beyond 6 standard deviations.
Duration normal(Rng& rng, Duration deviation) {
  std::int64_t sum = 0;
  for (int draw = 0; draw < 3; ++draw) {
    const std::uint64_t bits = rng.next();
    for (unsigned shift = 0; shift < 64; shift += 16) {
      sum += static_cast<std::int64_t>((bits >> shift) & 0xffff);
    }
  }
  constexpr std::int64_t kTwiceTheMean = std::int64_t{12} * 0xffff;
  return static_cast<Duration>(Wide{deviation} * (2 * sum - kTwiceTheMean) / 131'072);
}

// The largest c with c^3 <= x, for x up to 2^60.
std::uint64_t cube_root(std::uint64_t x) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 20; bit > 0; bit >>= 1) {
    const std::uint64_t tried = root | bit;
    if (tried * tried * tried <= x) root = tried;
  }
  return root;
}

// The shape 3, as netem's: scale * (u^(-1/3) - 1) for u uniform in (0, 1] has the mean scale / 2
// and a finite variance. u is in units of 2^-30, its root in units of 2^-20.
Duration pareto(Rng& rng, Duration mean) {
  const std::uint64_t u = 1 + rng.below(std::uint64_t{1} << 30);
  const auto root = static_cast<std::int64_t>(cube_root(u << 30));
  return static_cast<Duration>(Wide{2} * mean * ((1 << 20) - root) / root);
}

}  // namespace

void ImpairedLink::impair(const LinkFault& fault) {
  assert(fault.delay >= 0 && fault.jitter >= 0 && fault.rate >= 0);
  if (fault == fault_) return;  // goes on as it did
  fault_ = fault;
  impaired_ = fault != LinkFault{};
  free_at_ = 0;
  last_at_ = 0;
}

ImpairedLink::Deliveries ImpairedLink::send(Time now, std::size_t bytes) {
  Deliveries out;
  if (!impaired_) {
    out.push_back(Delivery{.at = now});
    return out;
  }
  if (happens(fault_.loss_chance)) return out;
  const bool twice = happens(fault_.duplicate_chance);
  deliver(now, bytes, out);
  if (twice) deliver(now, bytes, out);
  return out;
}

bool ImpairedLink::happens(int chance) {
  return chance > 0 && rng_.chance(static_cast<std::uint32_t>(chance), kChanceScale);
}

Duration ImpairedLink::draw_delay() {
  if (fault_.jitter == 0) return fault_.delay;
  switch (fault_.spread) {
    case LinkFault::Spread::uniform:
      return std::max<Duration>(0, fault_.delay + rng_.between(-fault_.jitter, fault_.jitter));
    case LinkFault::Spread::normal:
      return std::max<Duration>(0, fault_.delay + normal(rng_, fault_.jitter));
    case LinkFault::Spread::pareto: break;
  }
  return fault_.delay + pareto(rng_, fault_.jitter);
}

// When the packet has left at the link's rate. False: too much is waiting already.
bool ImpairedLink::pass_rate(Time now, std::size_t bytes, Time& leaves) {
  leaves = now;
  if (fault_.rate == 0) return true;
  const Time begins = std::max(now, free_at_);
  if (begins - now > kLongestBacklog) return false;
  free_at_ = begins + static_cast<Duration>(Wide{kSecond} * static_cast<Wide>(bytes) / fault_.rate);
  leaves = free_at_;
  return true;
}

// One copy. What is reordered goes ahead of all that waits, but uses up its share of the rate.
void ImpairedLink::deliver(Time now, std::size_t bytes, Deliveries& out) {
  Time leaves = now;
  if (!pass_rate(now, bytes, leaves)) return;
  Delivery delivery{.at = leaves + draw_delay()};
  delivery.overtakes = happens(fault_.reorder_chance);
  if (delivery.overtakes) {
    delivery.at = now;
  } else if (fault_.fifo) {
    delivery.at = std::max(delivery.at, last_at_);
    last_at_ = delivery.at;
  }
  delivery.corrupt = happens(fault_.corrupt_chance);
  if (delivery.corrupt) delivery.chance = rng_.next();
  out.push_back(delivery);
}

}  // namespace faultline
