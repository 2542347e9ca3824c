#include "nemeses/partition.hpp"

#include <array>

#include "nemeses/grudge.hpp"

namespace faultline {
namespace {

const Symbol kStart = Symbol::of("start-partition");
const Symbol kStop = Symbol::of("stop-partition");

struct Shape {
  const char* name;
  Grudge (*make)(const Nodes& nodes);
};

constexpr std::array<Shape, 6> kShapes{{{"one", isolate_one},
                                        {"minority", minority},
                                        {"halves", halves},
                                        {"majorities-ring", majorities_ring},
                                        {"bridge", bridge},
                                        {"one-way", one_way}}};

class Partition final : public Nemesis {
 public:
  explicit Partition(const NemesisContext& context) : context_(context) {}

  std::vector<Symbol> functions() const override { return {kStart, kStop}; }

  std::optional<Op> propose(Rng& rng) const override {
    if (active_) return invocation(kStop);
    Nodes nodes = all_nodes(context_.environment->size());
    rng.shuffle(nodes);
    // The leader is worth as much attention as all the blind shapes together.
    if (nodes.size() > 1 && rng.chance(1, 2)) return invocation(kStart, Value::List{kLeader});
    std::vector<const Shape*> shapes;  // of few nodes some shapes cut nothing
    for (const Shape& shape : kShapes) {
      if (!shape.make(nodes).empty()) shapes.push_back(&shape);
    }
    if (shapes.empty()) return std::nullopt;
    const Shape& shape = *shapes[rng.below(shapes.size())];
    return invocation(kStart, Value::List{shape.name, describe(shape.make(nodes))});
  }

  Task<Op> invoke(Op op) override {
    Op done = completion(op, OpType::info);
    NetworkPower& network = *context_.environment->powers().network;
    if (op.f == kStop) {
      network.heal();
      active_ = false;
      co_return done;
    }
    Value::List what = op.value.items();
    if (what.size() == 1) {  // the leader
      const auto leader = co_await context_.target->leader(*context_.environment);
      if (!leader) {
        done.error = Symbol::of("no leader known");
        co_return done;
      }
      what.emplace_back(describe(isolate(*leader)));
    }
    const auto grudge = parse_grudge(what[1].text(), context_.environment->size());
    if (!grudge) throw std::runtime_error(grudge.error().message);
    active_ = true;  // even if cutting fails half-way
    network.cut(*grudge);
    done.value = Value(std::move(what));
    co_return done;
  }

  std::vector<Op> healing() const override {
    if (!active_) return {};
    return {invocation(kStop)};
  }

 private:
  Grudge isolate(NodeId node) const {
    Nodes nodes = all_nodes(context_.environment->size());
    std::swap(nodes.front(), nodes[static_cast<std::size_t>(node)]);
    return isolate_one(nodes);
  }

  NemesisContext context_;
  bool active_ = false;
};

}  // namespace

Result<std::unique_ptr<Nemesis>> make_partition(const NemesisContext& context) {
  if (context.environment->powers().network == nullptr) {
    return Error{"partition: this environment has no power over its network"};
  }
  return std::unique_ptr<Nemesis>(std::make_unique<Partition>(context));
}

}  // namespace faultline
