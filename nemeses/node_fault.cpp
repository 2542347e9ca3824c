#include "nemeses/node_fault.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "nemeses/grudge.hpp"

namespace faultline {
namespace {

// One fault and its cure, as powers over a single node.
struct Fault {
  Symbol strike;
  Symbol cure;
  Symbol blow;  // strikes and is over at once; empty if there is none
  bool (*do_strike)(ProcessPower&, NodeId);
  bool (*do_cure)(ProcessPower&, NodeId);
};

class NodeFault final : public Nemesis {
 public:
  NodeFault(const NemesisContext& context, const Fault& fault) : context_(context), fault_(fault) {}

  std::vector<Symbol> functions() const override {
    std::vector<Symbol> all{fault_.strike, fault_.cure};
    if (!fault_.blow.empty()) all.push_back(fault_.blow);
    return all;
  }

  std::optional<Op> propose(Rng& rng) const override {
    if (!struck_.empty()) return invocation(fault_.cure, node_names(struck_));
    const bool blow = !fault_.blow.empty() && rng.chance(1, 2);
    return invocation(blow ? fault_.blow : fault_.strike, draw_victims(rng));
  }

  Task<Op> invoke(Op op) override {
    Op done = completion(op, OpType::info);
    const Nodes victims = co_await find_victims(op.value.text());
    // Those struck earlier may be still, if the op is one of a schedule.
    const Nodes before = struck_;
    // Before it strikes: should that fail half-way, the cure is still due to all of them.
    if (op.f == fault_.strike) struck_ = both(before, victims);
    Nodes changed;
    for (const NodeId node : victims) {
      if (apply(op.f, node)) changed.push_back(node);
    }
    if (op.f == fault_.strike) struck_ = both(before, changed);
    if (op.f == fault_.cure) {
      std::erase_if(struck_, [&victims](NodeId node) {
        return std::ranges::find(victims, node) != victims.end();
      });
      co_return done;  // all of them are well now, some were before
    }
    if (changed.empty()) done.error = Symbol::of("no such node now");
    done.value = Value(node_names(changed));
    co_return done;
  }

  std::vector<Op> healing() const override {
    if (struck_.empty()) return {};
    return {invocation(fault_.cure, node_names(struck_))};
  }

 private:
  static Nodes both(const Nodes& some, const Nodes& others) {
    std::set<NodeId> all(some.begin(), some.end());
    all.insert(others.begin(), others.end());
    return {all.begin(), all.end()};
  }

  // True if that changed the node.
  bool apply(Symbol f, NodeId node) const {
    ProcessPower& power = *context_.environment->powers().processes;
    if (f == fault_.cure) return fault_.do_cure(power, node);
    const bool struck = fault_.do_strike(power, node);
    if (f == fault_.blow && struck) fault_.do_cure(power, node);
    return struck;
  }

  Value draw_victims(Rng& rng) const {
    const int size = context_.environment->size();
    Nodes nodes = all_nodes(size);
    rng.shuffle(nodes);
    int count = size;
    switch (rng.below(5)) {
      case 0: count = 1; break;
      case 1: count = std::max(1, size - majority(size)); break;
      case 2: count = majority(size); break;
      case 3: return kLeader;
      default: break;
    }
    nodes.resize(static_cast<std::size_t>(count));
    std::sort(nodes.begin(), nodes.end());
    return node_names(nodes);
  }

  // Who is meant now: the leader, or the nodes named.
  Task<Nodes> find_victims(const std::string& names) const {
    Environment& environment = *context_.environment;
    if (names == kLeader) {
      const auto leader = co_await context_.target->leader(environment);
      co_return leader ? Nodes{leader->node} : Nodes{};
    }
    auto nodes = parse_nodes(names, environment.size());
    if (!nodes) throw std::runtime_error(nodes.error().message);
    co_return *nodes;
  }

  NemesisContext context_;
  Fault fault_;
  Nodes struck_;
};

Result<std::unique_ptr<Nemesis>> make(const char* name, const NemesisContext& context,
                                      const Fault& fault) {
  if (context.environment->powers().processes == nullptr) {
    return Error{std::string(name) + ": this environment has no power over its processes"};
  }
  return std::unique_ptr<Nemesis>(std::make_unique<NodeFault>(context, fault));
}

}  // namespace

Result<std::unique_ptr<Nemesis>> make_kill(const NemesisContext& context) {
  return make("kill", context,
              {Symbol::of("kill"), Symbol::of("start"), Symbol::of("restart"),
               [](ProcessPower& power, NodeId node) { return power.kill(node); },
               [](ProcessPower& power, NodeId node) { return power.start(node); }});
}

Result<std::unique_ptr<Nemesis>> make_pause(const NemesisContext& context) {
  return make("pause", context,
              {Symbol::of("pause"), Symbol::of("resume"), Symbol(),
               [](ProcessPower& power, NodeId node) { return power.pause(node); },
               [](ProcessPower& power, NodeId node) { return power.resume(node); }});
}

}  // namespace faultline
