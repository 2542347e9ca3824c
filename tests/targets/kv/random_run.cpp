#include "tests/targets/kv/random_run.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>

namespace faultline::kv {

namespace {

// Of 1000 steps, how many are of which kind; the rest move messages. Fair, stormy, sluggish
// (messages take as long as it takes to miss a leader, who is therefore often contended), and
// restless.
constexpr std::array<RandomRun::Weather, 4> kWeathers{
    {{10, 120, 250, 1}, {60, 120, 250, 6}, {80, 20, 650, 6}, {25, 200, 200, 40}}};

constexpr int kSteps = 6000;

}  // namespace

RandomRun::RandomRun(std::uint64_t seed)
    : rng_(Rng(seed).split("schedule")), weather_(kWeathers[seed / 2 % kWeathers.size()]) {}

std::optional<std::string> RandomRun::run(int steps) {
  for (int i = 0; i < steps && !failure_; ++i) {
    step();
    watch();
    if (failure_) *failure_ += fmt::format(" (step {}, {} s)", i, to_seconds(cluster().now()));
  }
  return failure_;
}

std::optional<std::string> RandomRun::finish() {
  for (NodeId node = 0; node < cluster().size(); ++node) cluster().set_rate(node, 1000);
  heal();
  for (int round = 0; round < 10 && !failure_; ++round) {
    cluster().run_for(500 * kMillisecond);
    watch();
    const std::optional<NodeId> leader = cluster().leader();
    for (std::size_t w = 0; leader && w < writers_.size(); ++w) {
      if (writers_[w].acknowledged < writers_[w].asked) ask_for_write(w, *leader);
    }
  }
  for (const Writer& writer : writers_) {
    if (writer.acknowledged < writer.asked) fail("a write is never answered after the last fault");
  }
  compare_members();
  return failure_;
}

void RandomRun::compare_members() {
  const std::optional<NodeId> leader = cluster().leader();
  if (!leader) return fail("nobody leads after the last fault");
  const auto answer = cluster().admin_answer(cluster().ask(*leader, {}));
  if (!answer || answer->kind != AdminResponse::Kind::ok) {
    return fail(fmt::format("{} leads and does not say who the members are", node_name(*leader)));
  }
  for (const NodeId node : answer->membership.voters) {
    if (cluster().store(node) == cluster().store(*leader)) continue;
    fail(fmt::format("{} and the leader do not have the same store", node_name(node)));
  }
}

void RandomRun::step() {
  const std::uint64_t dice = rng_.below(1000);
  if (dice < weather_.faults) {
    change_faults();
  } else if (dice < weather_.faults + weather_.clients) {
    rng_.chance(1, 2) ? write_something() : read_something();
  } else if (dice < weather_.faults + weather_.clients + weather_.ticks) {
    cluster().pass(static_cast<Duration>(rng_.below(8)) * kMillisecond);
    cluster().tick(some_node());
  } else if (dice < weather_.faults + weather_.clients + weather_.ticks + weather_.changes) {
    change_members();
  } else {
    move_message();
  }
}

void RandomRun::move_message() {
  std::vector<Cluster::Envelope>& network = cluster().network();
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
    cluster().deliver(index);
  }
}

void RandomRun::change_faults() {
  const NodeId node = some_node();
  const std::uint64_t dice = rng_.below(9);
  if (dice == 0) {
    cluster().crash(node);
  } else if (dice <= 2) {
    cluster().restart(node);
  } else if (dice == 3) {
    cluster().isolate(cluster().leader().value_or(node));
  } else if (dice == 4) {
    cluster().cut(node, some_node());
  } else if (dice == 5) {
    cluster().restart(cluster().leader().value_or(node));
  } else if (dice == 6) {
    cluster().set_rate(node, static_cast<int>(rng_.between(500, 2000)));
  } else {
    heal();
  }
}

void RandomRun::heal() {
  cluster().heal();
  for (NodeId node = 0; node < cluster().size(); ++node) {
    if (!cluster().alive(node)) cluster().restart(node);
  }
}

void RandomRun::change_members() {
  using Change = MembershipPower::Change;
  constexpr std::array kChanges{Change::add_voter, Change::add_voter, Change::remove, Change::lead,
                                Change::add_learner};
  const Change change = kChanges[rng_.below(kChanges.size())];
  const NodeId node = some_node();
  cluster().ask(some_server(), {change, node});
}

NodeId RandomRun::some_node() {
  return static_cast<NodeId>(rng_.below(static_cast<std::uint64_t>(cluster().size())));
}

NodeId RandomRun::some_server() {
  return rng_.chance(1, 3) ? some_node() : cluster().leader().value_or(0);
}

void RandomRun::write_something() {
  const std::size_t w = rng_.below(writers_.size());
  Writer& writer = writers_[w];
  if (writer.acknowledged == writer.asked) {
    ++writer.asked;
    writer.attempts.clear();
  }
  ask_for_write(w, some_server());
}

void RandomRun::ask_for_write(std::size_t writer, NodeId node) {
  const auto key = static_cast<std::int64_t>(writer);
  const std::int64_t value = writers_[writer].asked;
  const Command command = write_of(key, static_cast<std::uint64_t>(value), key, value);
  writers_[writer].attempts.push_back(cluster().request(node, command));
}

void RandomRun::read_something() {
  const std::size_t r = rng_.below(readers_.size());
  Reader& reader = readers_[r];  // what it waited for until now, it gives up
  reader.key = static_cast<std::int64_t>(rng_.below(writers_.size()));
  reader.at_least = seen_[static_cast<std::size_t>(reader.key)];
  const auto session = static_cast<std::int64_t>(100 + r);
  reader.attempt =
      cluster().request(some_server(), read_of(session, ++reader.sequence, reader.key));
}

void RandomRun::watch() {
  for (NodeId node = 0; node < cluster().size(); ++node) watch_node(node);
  for (std::size_t w = 0; w < writers_.size(); ++w) watch_writer(w);
  for (Reader& reader : readers_) watch_reader(reader);
}

void RandomRun::watch_writer(std::size_t writer) {
  Writer& w = writers_[writer];
  for (const RequestId attempt : w.attempts) {
    const std::optional<Response> answer = cluster().answer(attempt);
    if (!answer || answer->kind != Response::Kind::ok) continue;
    if (w.acknowledged < w.asked) ++writes_;
    w.acknowledged = w.asked;
    seen_[writer] = std::max(seen_[writer], w.asked);
  }
}

void RandomRun::watch_reader(Reader& reader) {
  if (!reader.attempt) return;
  const std::optional<Response> answer = cluster().answer(*reader.attempt);
  if (!answer) return;
  reader.attempt.reset();
  if (answer->kind != Response::Kind::ok) return;
  ++reads_;
  const auto key = static_cast<std::size_t>(reader.key);
  const std::int64_t value = answer->value.value_or(0);
  if (value < reader.at_least || value > writers_[key].asked) {
    fail(fmt::format("clients: key {} is read as {}, but {} was there before and {} is the last",
                     key, value, reader.at_least, writers_[key].asked));
  }
  seen_[key] = std::max(seen_[key], value);
}

void RandomRun::fail(std::string what) {
  if (!failure_) failure_ = std::move(what);
}

void expect_unbroken(const MakeRun& make, std::uint64_t first_seed, std::uint64_t count) {
  std::int64_t writes = 0;
  std::int64_t reads = 0;
  std::size_t leaders = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    const std::unique_ptr<RandomRun> run = make(seed);
    std::optional<std::string> failure = run->run(kSteps);
    if (!failure) failure = run->finish();
    ASSERT_FALSE(failure) << "seed " << seed << ": " << *failure;
    writes += run->writes();
    reads += run->reads();
    leaders += run->leaders();
  }
  // The search is worth something only if the cluster got somewhere.
  std::cout << writes << " writes, " << reads << " reads, " << leaders << " leaders\n";
  EXPECT_GT(writes, static_cast<std::int64_t>(20 * count));
  EXPECT_GT(reads, static_cast<std::int64_t>(20 * count));
  EXPECT_GT(leaders, 4 * count);
}

void expect_found(std::string_view bug, const MakeRun& make) {
  constexpr std::uint64_t kSeeds = 400;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const std::optional<std::string> failure = make(seed)->run(kSteps);
    if (!failure) continue;
    std::cout << bug << ": seed " << seed << ": " << *failure << "\n";
    return;
  }
  FAIL() << bug << " is not found by seeds 1 to " << kSeeds;
}

}  // namespace faultline::kv
