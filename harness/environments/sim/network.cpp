#include "harness/environments/sim/network.hpp"

#include <algorithm>

namespace faultline::sim {
namespace {

constexpr std::uint32_t kChanceScale = 10'000;
constexpr std::size_t kHeaderBytes = 52;  // IPv4 and TCP with a time stamp, in front of a message

bool happens(Rng& rng, int chance) {
  return rng.chance(static_cast<std::uint32_t>(chance), kChanceScale);
}

}  // namespace

Network::Network(int nodes, const LinkBehaviour& behaviour, const Rng& rng)
    : nodes_(nodes), behaviour_(behaviour), client_rng_(rng.split("clients")) {
  const Rng impaired = rng.split("impaired");
  for (NodeId from = kClients; from < nodes; ++from) {
    for (NodeId to = kClients; to < nodes; ++to) {
      // Numbered as if there were no clients, whose links have no use for one: so runs without
      // faults of clients' links are what they were before there were any.
      rngs_.push_back(rng.split(static_cast<std::uint64_t>(from * nodes + to)));
      links_.emplace_back(impaired.split(index(from, to)));
    }
  }
  cut_.resize(links_.size(), false);
}

Duration Network::draw_delay(Rng& rng) const {
  Duration delay = behaviour_.least_delay + rng.between(0, behaviour_.jitter);
  if (happens(rng, behaviour_.straggler_chance)) {
    delay += rng.between(0, behaviour_.straggler_delay);
  }
  return delay;
}

Network::Delays Network::delays(NodeId from, NodeId to, Time now, std::size_t bytes) {
  Rng& rng = rngs_[index(from, to)];
  Delays delays;
  for (const Delivery& copy : links_[index(from, to)].send(now, bytes + kHeaderBytes)) {
    if (copy.corrupt) continue;
    if (happens(rng, behaviour_.loss_chance)) continue;
    const Duration held_back = copy.at - now;
    delays.push_back(held_back + draw_delay(rng));
    if (happens(rng, behaviour_.duplicate_chance)) delays.push_back(held_back + draw_delay(rng));
  }
  return delays;
}

std::optional<Duration> Network::client_delay(NodeId from, NodeId to, Time now, std::size_t bytes) {
  const Duration usual = behaviour_.least_delay + client_rng_.between(0, behaviour_.jitter);
  std::optional<Duration> delay;
  for (const Delivery& copy : links_[index(from, to)].send(now, bytes + kHeaderBytes)) {
    if (copy.corrupt) continue;
    const Duration held_back = copy.at - now;
    delay = delay ? std::min(*delay, held_back + usual) : held_back + usual;
  }
  return delay;
}

void Network::cut(const Grudge& links) {
  heal();
  for (const auto& [from, to] : links) cut_[index(from, to)] = true;
}

void Network::heal() {
  std::fill(cut_.begin(), cut_.end(), false);
}

void Network::impair(const Links& links, const LinkFault& fault) {
  std::vector<bool> meant(links_.size(), false);
  for (const auto& [from, to] : links) meant[index(from, to)] = true;
  for (std::size_t i = 0; i < links_.size(); ++i) links_[i].impair(meant[i] ? fault : LinkFault{});
}

}  // namespace faultline::sim
