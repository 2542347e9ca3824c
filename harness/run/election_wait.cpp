#include "harness/run/election_wait.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace faultline {
namespace {

// Often enough to be there while the news is under way; but where answers take their time, nodes
// are asked for a fifth of it only, for their work is to serve the clients.
constexpr Duration kPollInterval = kMillisecond;
constexpr Duration kRestPerQuestion = 4;

class ElectionWaits final : public Nemesis {
 public:
  ElectionWaits(std::unique_ptr<Nemesis> nemesis, Environment& environment, Target& target,
                Duration patience)
      : nemesis_(std::move(nemesis)),
        environment_(environment),
        target_(target),
        patience_(patience) {}

  std::vector<Symbol> functions() const override {
    std::vector<Symbol> all = nemesis_->functions();
    all.push_back(kAwaitElection);
    return all;
  }

  std::optional<Op> propose(Rng& rng) const override { return nemesis_->propose(rng); }
  std::vector<Op> healing() const override { return nemesis_->healing(); }

  Task<Op> invoke(Op op) override {
    if (op.f != kAwaitElection) {
      Op done = co_await nemesis_->invoke(std::move(op));
      co_return done;
    }
    if (!op.value.is_integer() || op.value.integer() < 0 || op.value.integer() > patience_) {
      throw std::runtime_error("expected how long to go on after the election, in nanoseconds");
    }
    Op done = completion(op, OpType::info);
    const bool elected = co_await await_election();
    if (elected) {
      co_await sleep(op.value.integer());
    } else {
      done.error = Symbol::of("nobody else came to lead");
    }
    co_return done;
  }

 private:
  Task<> sleep(Duration duration) {
    Clock& clock = environment_.clock();
    co_await sleep_until(clock, clock.now() + duration);
  }

  // False: not within the time that there is.
  Task<bool> await_election() {
    const Clock& clock = environment_.clock();
    Time asked = clock.now();
    const Time deadline = asked + patience_;
    const std::optional<Leader> before = co_await target_.leader(environment_);
    had_leader_ = had_leader_ || before;
    if (!had_leader_) co_return false;  // perhaps nobody ever leads
    while (clock.now() < deadline) {
      co_await sleep(std::max(kPollInterval, kRestPerQuestion * (clock.now() - asked)));
      asked = clock.now();
      const std::optional<Leader> now = co_await target_.leader(environment_);
      if (now && (!before || now->node != before->node)) co_return true;
    }
    co_return false;
  }

  std::unique_ptr<Nemesis> nemesis_;
  Environment& environment_;
  Target& target_;
  Duration patience_;
  bool had_leader_ = false;
};

}  // namespace

Op draw_election_wait(Rng& rng) {
  constexpr std::array<Duration, 4> kMost{0, kMillisecond, 5 * kMillisecond, 50 * kMillisecond};
  return invocation(kAwaitElection, Value(rng.between(0, kMost[rng.below(kMost.size())])));
}

std::unique_ptr<Nemesis> with_election_waits(std::unique_ptr<Nemesis> nemesis,
                                             Environment& environment, Target& target,
                                             Duration patience) {
  if (nemesis->functions().empty()) return nemesis;
  return std::make_unique<ElectionWaits>(std::move(nemesis), environment, target, patience);
}

bool waits_for_elections(const Nemesis& nemesis) {
  const std::vector<Symbol> functions = nemesis.functions();
  return std::ranges::find(functions, kAwaitElection) != functions.end();
}

}  // namespace faultline
