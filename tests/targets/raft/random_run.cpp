#include "tests/targets/raft/random_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace faultline::raft {
namespace {

// Of 1000 steps, how many are of which kind; the rest move messages. Fair, stormy, and sluggish:
// messages take as long as elections, which are therefore often contended.
constexpr std::array<RandomRun::Weather, 3> kWeathers{
    {{10, 120, 250}, {60, 120, 250}, {80, 20, 650}}};

}  // namespace

RandomRun::RandomRun(std::uint64_t seed, const Config& config)
    : rng_(Rng(seed).split("schedule")),
      weather_(kWeathers[seed / 2 % kWeathers.size()]),
      cluster_(3 + 2 * static_cast<int>(seed % 2), config, seed),
      seen_(writers_.size(), 0),
      checked_commit_(static_cast<std::size_t>(cluster_.size()), 0),
      checked_store_(static_cast<std::size_t>(cluster_.size()), 0),
      checked_log_(static_cast<std::size_t>(cluster_.size())) {}

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
    cluster_.set_rate(node, 1000);
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
  const std::uint64_t dice = rng_.below(12);
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
  } else if (dice == 6) {
    cluster_.set_rate(node, static_cast<int>(rng_.between(500, 2000)));
  } else if (dice <= 8) {
    change_members();
  } else {
    cluster_.heal();
    for (NodeId each = 0; each < cluster_.size(); ++each) {
      if (!cluster_.alive(each)) cluster_.restart(each);
    }
  }
}

void RandomRun::change_members() {
  using Change = MembershipPower::Change;
  constexpr std::array kChanges{Change::add_voter, Change::add_learner, Change::remove,
                                Change::lead};
  const Change change = kChanges[rng_.below(kChanges.size())];
  const bool at_random = rng_.chance(1, 3);
  const NodeId asked = at_random ? some_node() : cluster_.leader().value_or(0);
  cluster_.ask(asked, {change, some_node()});
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
      checked_commit_[static_cast<std::size_t>(node)] = 0;
      checked_log_[static_cast<std::size_t>(node)] = {};
      continue;
    }
    watch_log(node);
    watch_commits(node);
    watch_store(node);
    watch_leader(node);
  }
}

// Log matching: an index and a term name one entry, and what precedes it.
void RandomRun::watch_log(NodeId node) {
  const DurableLog& log = cluster_.node(node).log();
  auto& checked = checked_log_[static_cast<std::size_t>(node)];
  const std::pair<Index, Term> now{log.last_index(), log.last_term()};
  if (std::exchange(checked, now) == now) return;
  for (Index i = log.snapshot().index + 1; i <= log.last_index(); ++i) {
    const Entry& entry = log.entry(i);
    const std::pair<Term, Entry> content{log.term_at(i - 1), entry};
    const auto [known, is_new] = entries_.try_emplace({i, entry.term}, content);
    if (!is_new && known->second != content) {
      return fail(fmt::format("log matching: {} has another entry {} of term {}", node_name(node),
                              i, entry.term));
    }
  }
}

// State machine safety: no two nodes commit different entries in one place.
void RandomRun::watch_commits(NodeId node) {
  const RaftNode& raft = cluster_.node(node);
  Index& checked = checked_commit_[static_cast<std::size_t>(node)];
  if (raft.commit_index() < checked) checked = 0;  // it was restarted
  while (checked < std::min(raft.commit_index(), raft.log().last_index())) {
    if (++checked <= raft.log().snapshot().index) continue;
    const Entry& entry = raft.log().entry(checked);
    const auto [known, is_new] = committed_.try_emplace(checked, entry);
    if (!is_new && known->second != entry) {
      return fail(fmt::format("state machine safety: {} commits another entry {}", node_name(node),
                              checked));
    }
  }
}

// State machine safety, once more: what is applied has one effect, through a snapshot or not.
void RandomRun::watch_store(NodeId node) {
  const RaftNode& raft = cluster_.node(node);
  Index& checked = checked_store_[static_cast<std::size_t>(node)];
  if (std::exchange(checked, raft.applied_index()) == raft.applied_index()) return;
  const auto [known, is_new] = stores_.try_emplace(checked, raft.store());
  if (!is_new && known->second != raft.store()) {
    fail(fmt::format("state machine safety: {} has another store after entry {}", node_name(node),
                     checked));
  }
}

// Election safety, and leader completeness when a node comes to lead.
void RandomRun::watch_leader(NodeId node) {
  const RaftNode& raft = cluster_.node(node);
  if (raft.role() != Role::leader) return;
  const auto [known, is_new] = leaders_.try_emplace(raft.log().term(), node);
  if (known->second != node) {
    return fail(fmt::format("election safety: {} and {} both lead term {}",
                            node_name(known->second), node_name(node), known->first));
  }
  if (!is_new) return;
  for (const auto& [index, entry] : committed_) {
    if (index <= raft.log().snapshot().index) continue;
    if (index > raft.log().last_index() || raft.log().entry(index) != entry) {
      return fail(fmt::format("leader completeness: {} leads term {} without entry {}",
                              node_name(node), known->first, index));
    }
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

}  // namespace faultline::raft
