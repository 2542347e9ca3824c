#include "nemeses/partition.hpp"

#include <array>

#include "nemeses/aim.hpp"

namespace faultline {
namespace {

constexpr std::array<Shape, 6> kBlind{{{"one", isolate_one},
                                       {"minority", minority},
                                       {"halves", halves},
                                       {"majorities-ring", majorities_ring},
                                       {"bridge", bridge},
                                       {"one-way", one_way}}};
constexpr std::array<Shape, 5> kLed{{{kLeader, isolate_one},
                                     {"leader-minority", minority},
                                     {"leader-out", links_out},
                                     {"leader-in", links_in},
                                     {"leader-from-one", pair}}};

constexpr std::array<Shape, 5> kBlindOfClients{{{"one", clients_of_one},
                                                {"minority", clients_of_minority},
                                                {"majority", clients_of_majority},
                                                {"requests", requests_to_minority},
                                                {"answers", answers_of_majority}}};
constexpr std::array<Shape, 2> kLedOfClients{
    {{kLeader, clients_of_one}, {"leader-answers", answers_of_one}}};

class Partition final : public Nemesis {
 public:
  Partition(const std::string& name, const NemesisContext& context, Aim aim)
      : name_(name),
        start_(Symbol::of("start-" + name)),
        stop_(Symbol::of("stop-" + name)),
        cuts_(context.cuts),
        aim_(std::move(aim)) {}

  std::vector<Symbol> functions() const override { return {start_, stop_}; }

  std::optional<Op> propose(Rng& rng) const override {
    // Also straight to another cut: whom the first one left behind is then with others.
    if (active_ && !rng.chance(1, 3)) return invocation(stop_);
    auto what = aim_.draw(rng);
    if (!what) return std::nullopt;
    return invocation(start_, Value(std::move(*what)));
  }

  Task<Op> invoke(Op op) override {
    Op done = completion(op, OpType::info);
    if (op.f == stop_) {
      cuts_->heal(name_);
      active_ = false;
      co_return done;
    }
    auto what = co_await aim_.settle(op.value.items());
    if (!what) {
      done.error = Symbol::of("no leader known");
      co_return done;
    }
    Grudge links = aim_.links(*what);
    active_ = true;  // even if cutting fails half-way
    cuts_->cut(name_, std::move(links));
    done.value = Value(std::move(*what));
    co_return done;
  }

  std::vector<Op> healing() const override {
    if (!active_) return {};
    return {invocation(stop_)};
  }

 private:
  std::string name_;
  Symbol start_;
  Symbol stop_;
  std::shared_ptr<Cuts> cuts_;
  Aim aim_;
  bool active_ = false;
};

Result<std::unique_ptr<Nemesis>> make(const std::string& name, const NemesisContext& context,
                                      std::span<const Shape> blind, std::span<const Shape> led) {
  if (context.cuts == nullptr) {
    return Error{name + ": this environment has no power over its network"};
  }
  const Aim aim(context, blind, led);
  return std::unique_ptr<Nemesis>(std::make_unique<Partition>(name, context, aim));
}

}  // namespace

Result<std::unique_ptr<Nemesis>> make_partition(const NemesisContext& context) {
  return make("partition", context, kBlind, kLed);
}

Result<std::unique_ptr<Nemesis>> make_partition_clients(const NemesisContext& context) {
  return make("partition-clients", context, kBlindOfClients, kLedOfClients);
}

}  // namespace faultline
