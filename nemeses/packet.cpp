#include "nemeses/packet.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "nemeses/aim.hpp"

namespace faultline {
namespace {

const Symbol kStart = Symbol::of("start-packet");
const Symbol kStop = Symbol::of("stop-packet");

constexpr std::array<Shape, 8> kBlind{{{"all", all_links},
                                       {"one", isolate_one},
                                       {"one-out", links_out},
                                       {"one-in", links_in},
                                       {"link", single_link},
                                       {"halves", halves},
                                       {"one-way", one_way},
                                       {"clients", clients_of_one}}};
constexpr std::array<Shape, 4> kLed{{{kLeader, isolate_one},
                                     {"leader-out", links_out},
                                     {"leader-in", links_in},
                                     {"leader-clients", clients_of_one}}};

// One of `steps`, and up to half of it more: every order of magnitude is as likely.
template <std::size_t kSize>
std::int64_t draw_about(Rng& rng, const std::array<std::int64_t, kSize>& steps) {
  const std::int64_t step = steps[rng.below(kSize)];
  return rng.between(step, step + step / 2);
}

Duration draw_milliseconds(Rng& rng) {
  // From what hardly slows anything down to round trips longer than an election time-out.
  constexpr std::array<std::int64_t, 6> kSteps{3, 15, 50, 120, 250, 500};
  return draw_about(rng, kSteps) * kMillisecond;
}

int draw_percent(Rng& rng, int most) {
  constexpr std::array<std::int64_t, 6> kSteps{1, 4, 12, 30, 60, 90};
  return std::min(100 * static_cast<int>(draw_about(rng, kSteps)), 100 * most);
}

void add_delay(Rng& rng, LinkFault& fault) {
  fault.delay = draw_milliseconds(rng);
}

void add_jitter(Rng& rng, LinkFault& fault) {
  fault.jitter = draw_milliseconds(rng);
  fault.spread = static_cast<LinkFault::Spread>(rng.below(3));
  if (fault.spread != LinkFault::Spread::pareto) fault.delay = std::max(fault.delay, fault.jitter);
}

void add_loss(Rng& rng, LinkFault& fault) {
  fault.loss_chance = draw_percent(rng, 95);
}

void add_duplicate(Rng& rng, LinkFault& fault) {
  fault.duplicate_chance = draw_percent(rng, 90);
}

// To overtake, something must wait.
void add_reorder(Rng& rng, LinkFault& fault) {
  fault.reorder_chance = draw_percent(rng, 60);
  if (fault.delay == 0) add_delay(rng, fault);
}

void add_corrupt(Rng& rng, LinkFault& fault) {
  fault.corrupt_chance = draw_percent(rng, 60);
}

// Heartbeats alone need some kB/s.
void add_rate(Rng& rng, LinkFault& fault) {
  constexpr std::array<std::int64_t, 5> kSteps{2, 8, 30, 120, 500};
  fault.rate = draw_about(rng, kSteps) * 1'000;
}

// Unequal delays, and nobody who puts things in order again.
void add_disorder(Rng& rng, LinkFault& fault) {
  if (fault.jitter == 0) add_jitter(rng, fault);
  fault.fifo = false;
}

using Behaviour = void (*)(Rng& rng, LinkFault& fault);

class Packet final : public Nemesis {
 public:
  explicit Packet(const NemesisContext& context)
      : network_(*context.environment->powers().network), aim_(context, kBlind, kLed) {}

  std::vector<Symbol> functions() const override { return {kStart, kStop}; }

  std::optional<Op> propose(Rng& rng) const override {
    if (active_) return invocation(kStop);
    const auto aim = aim_.draw(rng);
    if (!aim) return std::nullopt;
    Value::List what{describe(draw_link_fault(rng))};
    what.insert(what.end(), aim->begin(), aim->end());
    return invocation(kStart, Value(std::move(what)));
  }

  Task<Op> invoke(Op op) override {
    Op done = completion(op, OpType::info);
    if (op.f == kStop) {
      network_.impair({}, LinkFault{});
      active_ = false;
      co_return done;
    }
    Value::List what = op.value.items();
    const auto fault = parse_link_fault(what.at(0).text());
    if (!fault) throw std::runtime_error(fault.error().message);
    Value::List drawn(what.begin() + 1, what.end());
    const auto aim = co_await aim_.settle(std::move(drawn));
    if (!aim) {
      done.error = Symbol::of("no leader known");
      co_return done;
    }
    const Links links = aim_.links(*aim);
    active_ = true;  // even if impairing fails half-way
    network_.impair(links, *fault);
    what.resize(1);
    what.insert(what.end(), aim->begin(), aim->end());
    done.value = Value(std::move(what));
    co_return done;
  }

  std::vector<Op> healing() const override {
    if (!active_) return {};
    return {invocation(kStop)};
  }

 private:
  NetworkPower& network_;
  Aim aim_;
  bool active_ = false;
};

}  // namespace

LinkFault draw_link_fault(Rng& rng) {
  std::vector<Behaviour> behaviours{add_delay,   add_jitter,  add_loss, add_duplicate,
                                    add_reorder, add_corrupt, add_rate, add_disorder};
  rng.shuffle(behaviours);
  constexpr std::array<std::uint32_t, 3> kCounts{2, 1, 1};  // one behaviour, two, three
  behaviours.resize(1 + rng.weighted(kCounts));
  LinkFault fault;
  for (const Behaviour add : behaviours) add(rng, fault);
  return fault;
}

Result<std::unique_ptr<Nemesis>> make_packet(const NemesisContext& context) {
  if (context.environment->powers().network == nullptr) {
    return Error{"packet: this environment has no power over its network"};
  }
  return std::unique_ptr<Nemesis>(std::make_unique<Packet>(context));
}

}  // namespace faultline
