#include "nemeses/membership.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "harness/core/all_of.hpp"
#include "nemeses/grudge.hpp"

namespace faultline {
namespace {

using Change = MembershipPower::Change;

const Symbol kChange = Symbol::of("change-members");
const Symbol kRestore = Symbol::of("restore-members");

// With one voter there is no quorum to get wrong, and its death is everybody's.
constexpr std::size_t kLeastVoters = 2;
// Of a restoration. A node that was away takes the whole log anew before it votes, which without
// snapshots took raft up to 18 s: eight entries go in a message, and the next waits for its answer.
constexpr Duration kPatience = 60 * kSecond;
constexpr Duration kRetryInterval = 200 * kMillisecond;

constexpr std::array<std::pair<const char*, Change>, 4> kNames{
    {{"add-voter", Change::add_voter},
     {"add-learner", Change::add_learner},
     {"remove", Change::remove},
     {"lead", Change::lead}}};

const char* name_of(Change change) {
  return std::ranges::find(kNames, change, &std::pair<const char*, Change>::second)->first;
}

bool contains(const Nodes& nodes, NodeId node) {
  return std::ranges::find(nodes, node) != nodes.end();
}

bool takes_a_vote(const Membership& members, Change change, NodeId node) {
  return (change == Change::remove || change == Change::add_learner) &&
         contains(members.voters, node);
}

void apply(Change change, NodeId node, Membership& members) {
  if (change == Change::lead) return;
  std::erase(members.voters, node);
  std::erase(members.learners, node);
  if (change == Change::add_voter) members.voters.push_back(node);
  if (change == Change::add_learner) members.learners.push_back(node);
}

struct Wish {
  Change change;
  NodeId node;
};

class Members final : public Nemesis {
 public:
  Members(Environment& environment, std::unique_ptr<MembershipPower> power)
      : environment_(environment),
        power_(std::move(power)),
        known_{all_nodes(environment.size()), {}} {}

  std::vector<Symbol> functions() const override { return {kChange, kRestore}; }

  // Now and then two changes at a time, of which the cluster should take one after the other.
  std::optional<Op> propose(Rng& rng) const override {
    Membership members = known_;
    Value::List changes;
    for (int left = rng.chance(1, 3) ? 2 : 1; left > 0; --left) {
      const auto drawn = draw_change(rng, members);
      if (!drawn) break;
      apply(drawn->change, drawn->node, members);
      changes.emplace_back(name_of(drawn->change));
      changes.emplace_back(node_name(drawn->node));
    }
    if (changes.empty()) return std::nullopt;
    return invocation(kChange, Value(std::move(changes)));
  }

  Task<Op> invoke(Op op) override {
    Op done = completion(op, OpType::info);
    if (op.f == kRestore) {
      if (!co_await restore()) done.error = Symbol::of("not every node is a voter again");
      done.value = Value(node_names(known_.voters));
      co_return done;
    }
    const std::string failure = co_await carry_out(read(op.value));
    if (!failure.empty()) done.error = Symbol::of(failure);
    co_return done;
  }

  std::vector<Op> healing() const override {
    if (!changed_) return {};
    return {invocation(kRestore)};
  }

 private:
  // How likely that is to be next, as far as it is known who the members are. Nodes come back
  // somewhat sooner than they go: the cluster that is most often there is not the smallest.
  static std::uint32_t weight_of(Change change, NodeId node, const Membership& members) {
    const bool votes = contains(members.voters, node);
    if (change == Change::lead) return votes && members.voters.size() > 1 ? 2 : 0;
    if (change == Change::add_voter) return votes ? 0 : 6;
    if (votes && members.voters.size() <= kLeastVoters) return 0;
    if (change == Change::remove) return votes ? 2 : contains(members.learners, node) ? 1 : 0;
    return contains(members.learners, node) ? 0 : 1;  // add_learner
  }

  std::optional<Wish> draw_change(Rng& rng, const Membership& members) const {
    std::vector<Wish> choices;
    std::vector<std::uint32_t> weights;
    for (NodeId node = 0; node < environment_.size(); ++node) {
      for (const auto& [name, change] : kNames) {
        const std::uint32_t weight = weight_of(change, node, members);
        if (weight == 0) continue;
        choices.push_back({change, node});
        weights.push_back(weight);
      }
    }
    if (choices.empty()) return std::nullopt;
    return choices[rng.weighted(weights)];
  }

  std::vector<Wish> read(const Value& value) const {
    const Value::List what = value.items();
    if (what.empty() || what.size() % 2 != 0) {
      throw std::runtime_error("changes of members are [what, node, what, node, ...]");
    }
    std::vector<Wish> wishes;
    for (std::size_t i = 0; i < what.size(); i += 2) {
      const auto named =
          std::ranges::find(kNames, what[i].text(), &std::pair<const char*, Change>::first);
      if (named == kNames.end()) {
        throw std::runtime_error("'" + what[i].text() + "' is no change of members");
      }
      const auto node = parse_nodes(what[i + 1].text(), environment_.size());
      if (!node) throw std::runtime_error(node.error().message);
      if (node->size() != 1) throw std::runtime_error("a change of members names no node");
      wishes.push_back({named->second, node->front()});
    }
    return wishes;
  }

  // All at the same time. Empty, or why they are not known to have been done.
  Task<std::string> carry_out(std::vector<Wish> wishes) {
    // If nobody can tell now, as when a change is under way, it goes by what was told last.
    auto members = co_await power_->members();
    if (members) known_ = std::move(*members);
    Membership then = known_;
    std::vector<Task<Result<void>>> changes;
    for (const auto& [change, node] : wishes) {
      if (takes_a_vote(then, change, node) && then.voters.size() <= kLeastVoters) {
        co_return "too few voters";
      }
      apply(change, node, then);
      changes.push_back(power_->change(change, node));
      if (change != Change::lead) changed_ = true;  // whatever comes of it
    }
    const auto results = co_await all_of(std::move(changes));
    std::string failures;
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i]) {
        apply(wishes[i].change, wishes[i].node, known_);
      } else {
        failures += (failures.empty() ? "" : "; ") + results[i].error().message;
      }
    }
    co_return failures;
  }

  // True if every node is a voter. Tries as long as it is told no: elections may be under way.
  Task<bool> restore() {
    Clock& clock = environment_.clock();
    const Time deadline = clock.now() + kPatience;
    for (;;) {
      auto members = co_await power_->members();
      if (members) known_ = std::move(*members);
      const std::optional<NodeId> missing = first_without_vote();
      if (members && !missing) break;
      if (clock.now() >= deadline) co_return false;
      bool done = false;
      if (members) {
        const Result<void> added = co_await power_->change(Change::add_voter, *missing);
        done = bool(added);
      }
      if (!done) co_await sleep_until(clock, clock.now() + kRetryInterval);
    }
    changed_ = false;
    co_return true;
  }

  std::optional<NodeId> first_without_vote() const {
    for (NodeId node = 0; node < environment_.size(); ++node) {
      if (!contains(known_.voters, node)) return node;
    }
    return std::nullopt;
  }

  Environment& environment_;
  const std::unique_ptr<MembershipPower> power_;
  Membership known_;      // as far as was last told
  bool changed_ = false;  // perhaps not every node is a voter
};

}  // namespace

Result<std::unique_ptr<Nemesis>> make_membership(const NemesisContext& context) {
  auto power = context.target->membership(*context.environment);
  if (power == nullptr) return Error{"membership: the members of this target are fixed"};
  return std::unique_ptr<Nemesis>(
      std::make_unique<Members>(*context.environment, std::move(power)));
}

}  // namespace faultline
