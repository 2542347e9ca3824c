#include "tests/targets/paxos/random_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace faultline::paxos {
namespace {

// Of 1000 steps, how many are of which kind; the rest move messages. Fair, stormy, sluggish
// (messages take as long as it takes to miss a leader, who is therefore often contended), and
// restless.
constexpr std::array<RandomRun::Weather, 4> kWeathers{
    {{10, 120, 250, 1}, {60, 120, 250, 6}, {80, 20, 650, 6}, {25, 200, 200, 40}}};

}  // namespace

RandomRun::RandomRun(std::uint64_t seed, const Config& config)
    : rng_(Rng(seed).split("schedule")),
      weather_(kWeathers[seed / 2 % kWeathers.size()]),
      cluster_(3 + 2 * static_cast<int>(seed % 2), config, seed),
      seen_(writers_.size(), 0),
      checked_(static_cast<std::size_t>(cluster_.size()), 0) {}

std::optional<std::string> RandomRun::run(int steps) {
  for (int i = 0; i < steps && !failure_; ++i) {
    step();
    watch_nodes();
    watch_clients();
    if (failure_) *failure_ += fmt::format(" (step {}, {} s)", i, to_seconds(cluster_.now()));
  }
  return failure_;
}

std::optional<std::string> RandomRun::finish() {
  cluster_.heal();
  for (NodeId node = 0; node < cluster_.size(); ++node) {
    if (!cluster_.alive(node)) cluster_.restart(node);
  }
  for (int round = 0; round < 10 && !failure_; ++round) {
    cluster_.run_for(500 * kMillisecond);
    watch_nodes();
    watch_clients();
    if (!cluster_.leader()) continue;
    for (std::size_t w = 0; w < writers_.size(); ++w) {
      Writer& writer = writers_[w];
      if (writer.acknowledged == writer.asked) continue;
      writer.attempts.push_back(cluster_.request(
          *cluster_.leader(),
          write_of(static_cast<std::int64_t>(w), static_cast<std::uint64_t>(writer.asked),
                   static_cast<std::int64_t>(w), writer.asked)));
    }
  }
  for (const Writer& writer : writers_) {
    if (writer.acknowledged < writer.asked) fail("a write is never answered after the last fault");
  }
  if (failure_) return failure_;
  const PaxosNode& leader = cluster_.node(*cluster_.leader());
  for (const NodeId node : leader.configurations().latest().voters) {
    if (cluster_.node(node).store() != leader.store()) {
      fail(fmt::format("{} and the leader do not have the same store", node_name(node)));
    }
  }
  return failure_;
}

void RandomRun::step() {
  const std::uint64_t dice = rng_.below(1000);
  if (dice < weather_.faults) {
    change_faults();
  } else if (dice < weather_.faults + weather_.clients) {
    rng_.chance(1, 2) ? write_something() : read_something();
  } else if (dice < weather_.faults + weather_.clients + weather_.ticks) {
    cluster_.pass(static_cast<Duration>(rng_.below(8)) * kMillisecond);
    cluster_.tick(some_node());
  } else if (dice < weather_.faults + weather_.clients + weather_.ticks + weather_.changes) {
    change_members();
  } else {
    move_message();
  }
}

void RandomRun::move_message() {
  std::vector<Cluster::Envelope>& network = cluster_.network();
  if (network.empty()) return;
  // Mostly in order, else the cluster would hardly get anywhere.
  const bool in_order = rng_.chance(3, 4);
  const std::size_t index = in_order ? 0 : rng_.below(network.size());
  const std::uint64_t dice = rng_.below(100);
  if (dice < 3) {
    network.erase(network.begin() + static_cast<std::ptrdiff_t>(index));
  } else if (dice < 6 && network.size() < 1000) {
    const Cluster::Envelope copy = network[index];
    network.push_back(copy);
  } else {
    cluster_.deliver(index);
  }
}

void RandomRun::change_faults() {
  const NodeId node = some_node();
  const std::uint64_t dice = rng_.below(8);
  if (dice == 0) {
    cluster_.crash(node);
  } else if (dice <= 2) {
    cluster_.restart(node);
  } else if (dice == 3) {
    cluster_.isolate(cluster_.leader().value_or(node));
  } else if (dice == 4) {
    cluster_.cut(node, some_node());
  } else if (dice == 5 && cluster_.leader()) {
    cluster_.restart(*cluster_.leader());
  } else {
    cluster_.heal();
    for (NodeId each = 0; each < cluster_.size(); ++each) {
      if (!cluster_.alive(each)) cluster_.restart(each);
    }
  }
}

void RandomRun::change_members() {
  using Change = MembershipPower::Change;
  constexpr std::array kChanges{Change::add_voter, Change::add_voter, Change::remove, Change::lead,
                                Change::add_learner};
  const Change change = kChanges[rng_.below(kChanges.size())];
  const NodeId node = some_node();
  cluster_.ask(cluster_.leader().value_or(0), {change, node});
}

NodeId RandomRun::some_node() {
  return static_cast<NodeId>(rng_.below(static_cast<std::uint64_t>(cluster_.size())));
}

void RandomRun::write_something() {
  const std::size_t w = rng_.below(writers_.size());
  Writer& writer = writers_[w];
  if (writer.acknowledged == writer.asked) {
    ++writer.asked;
    writer.attempts.clear();
  }
  const auto key = static_cast<std::int64_t>(w);
  const auto sequence = static_cast<std::uint64_t>(writer.asked);
  const bool at_random = rng_.chance(1, 3);
  const NodeId node = at_random ? some_node() : cluster_.leader().value_or(0);
  writer.attempts.push_back(cluster_.request(node, write_of(key, sequence, key, writer.asked)));
}

void RandomRun::read_something() {
  const std::size_t r = rng_.below(readers_.size());
  Reader& reader = readers_[r];  // what it waited for until now, it gives up
  reader.key = static_cast<std::int64_t>(rng_.below(writers_.size()));
  reader.at_least = seen_[static_cast<std::size_t>(reader.key)];
  const auto session = static_cast<std::int64_t>(100 + r);
  const bool at_random = rng_.chance(1, 3);
  const NodeId node = at_random ? some_node() : cluster_.leader().value_or(0);
  reader.attempt = cluster_.request(node, read_of(session, ++reader.sequence, reader.key));
}

void RandomRun::watch_nodes() {
  for (NodeId node = 0; node < cluster_.size(); ++node) {
    if (!cluster_.alive(node)) {
      checked_[static_cast<std::size_t>(node)] = 0;
      continue;
    }
    watch_chosen(node);
    watch_leader(node);
  }
}

// Agreement: no two nodes know different values as chosen in one slot.
void RandomRun::watch_chosen(NodeId node) {
  const DurableAcceptor& acceptor = cluster_.node(node).acceptor();
  Slot& checked = checked_[static_cast<std::size_t>(node)];
  if (acceptor.chosen() < checked) checked = 0;  // it was restarted
  while (checked < acceptor.chosen()) {
    const Proposal* proposal = acceptor.accepted(++checked);
    if (proposal == nullptr) continue;  // in a snapshot
    const auto [known, is_new] = chosen_.try_emplace(checked, proposal->value);
    if (!is_new && known->second != proposal->value) {
      return fail(fmt::format("agreement: {} knows another value as chosen in slot {}",
                              node_name(node), checked));
    }
  }
}

// A ballot is led by one node.
void RandomRun::watch_leader(NodeId node) {
  const PaxosNode& paxos = cluster_.node(node);
  if (paxos.role() != Role::leading) return;
  const auto [known, is_new] = leaders_.try_emplace(paxos.ballot(), node);
  if (known->second != node) {
    fail(fmt::format("{} and {} both lead {}", node_name(known->second), node_name(node),
                     ballot_name(known->first)));
  }
}

void RandomRun::watch_clients() {
  for (std::size_t w = 0; w < writers_.size(); ++w) {
    Writer& writer = writers_[w];
    for (const RequestId attempt : writer.attempts) {
      const std::optional<kv::Response> answer = cluster_.answer(attempt);
      if (!answer || answer->kind != kv::Response::Kind::ok) continue;
      if (writer.acknowledged < writer.asked) ++writes_;
      writer.acknowledged = writer.asked;
      seen_[w] = std::max(seen_[w], writer.asked);
    }
  }
  for (Reader& reader : readers_) {
    if (!reader.attempt) continue;
    const std::optional<kv::Response> answer = cluster_.answer(*reader.attempt);
    if (!answer) continue;
    reader.attempt.reset();
    if (answer->kind != kv::Response::Kind::ok) continue;
    ++reads_;
    const auto key = static_cast<std::size_t>(reader.key);
    const std::int64_t value = answer->value.value_or(0);
    if (value < reader.at_least || value > writers_[key].asked) {
      fail(fmt::format("clients: key {} is read as {}, but {} was there before and {} is the last",
                       key, value, reader.at_least, writers_[key].asked));
    }
    seen_[key] = std::max(seen_[key], value);
  }
}

void RandomRun::fail(std::string what) {
  if (!failure_) failure_ = std::move(what);
}

}  // namespace faultline::paxos
