#include "harness/environments/sim/network.hpp"

#include <algorithm>

namespace faultline::sim {
namespace {

constexpr std::uint32_t kChanceScale = 10'000;

bool happens(Rng& rng, int chance) {
  return rng.chance(static_cast<std::uint32_t>(chance), kChanceScale);
}

}  // namespace

Network::Network(int nodes, const LinkBehaviour& behaviour, const Rng& rng)
    : nodes_(nodes), behaviour_(behaviour), client_rng_(rng.split("clients")) {
  const auto links = static_cast<std::size_t>(nodes) * static_cast<std::size_t>(nodes);
  rngs_.reserve(links);
  for (std::size_t i = 0; i < links; ++i) rngs_.push_back(rng.split(i));
  cut_.resize(links, false);
}

Duration Network::draw_delay(Rng& rng) const {
  Duration delay = behaviour_.least_delay + rng.between(0, behaviour_.jitter);
  if (happens(rng, behaviour_.straggler_chance)) {
    delay += rng.between(0, behaviour_.straggler_delay);
  }
  return delay;
}

Network::Delays Network::delays(NodeId from, NodeId to) {
  Rng& rng = rngs_[index(from, to)];
  Delays delays;
  if (happens(rng, behaviour_.loss_chance)) return delays;
  delays.push_back(draw_delay(rng));
  if (happens(rng, behaviour_.duplicate_chance)) delays.push_back(draw_delay(rng));
  return delays;
}

Duration Network::client_delay() {
  return behaviour_.least_delay + client_rng_.between(0, behaviour_.jitter);
}

void Network::cut(const Grudge& links) {
  heal();
  for (const auto& [from, to] : links) cut_[index(from, to)] = true;
}

void Network::heal() {
  std::fill(cut_.begin(), cut_.end(), false);
}

void Network::impair(const Links&, const LinkFault&) {}

}  // namespace faultline::sim
