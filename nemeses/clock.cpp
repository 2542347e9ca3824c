#include "nemeses/clock.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <sstream>
#include <stdexcept>

#include "nemeses/grudge.hpp"

namespace faultline {
namespace {

const Symbol kSkew = Symbol::of("skew-clock");
const Symbol kRestore = Symbol::of("restore-clock");

constexpr int kGood = 1000;  // permille
constexpr int kSlowest = 500;
constexpr int kFastest = 2000;

// The speed of a node's clock, in permille.
struct Speed {
  std::string node;  // its name, or kLeader
  int permille = kGood;
};
using Speeds = std::vector<Speed>;

std::string describe(const Speeds& speeds) {
  std::string text;
  for (const Speed& speed : speeds) {
    text += (text.empty() ? "" : " ") + speed.node + "=" + std::to_string(speed.permille);
  }
  return text;
}

// Throws if describe() did not write it: the op was made by hand.
Speeds parse_speeds(const std::string& text) {
  Speeds speeds;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const auto equals = std::min(word.find('='), word.size() - 1);
    Speed speed{word.substr(0, equals), 0};
    const char* const end = word.data() + word.size();
    const auto read = std::from_chars(word.data() + equals + 1, end, speed.permille);
    if (read.ec != std::errc() || read.ptr != end || speed.permille < kSlowest ||
        speed.permille > kFastest) {
      throw std::runtime_error(
          "'" + word + "' is no speed of a clock: expected one as in n1=500, from 500 to 2000");
    }
    speeds.push_back(std::move(speed));
  }
  if (speeds.empty()) throw std::runtime_error("'' is no speed of a clock: expected one or more");
  return speeds;
}

// A little wrong, as some clocks are, or as wrong as can be.
int draw_permille(Rng& rng) {
  constexpr std::array<int, 8> kSteps{kSlowest, 600, 800, 950, 1050, 1250, 1600, kFastest};
  return kSteps[rng.below(kSteps.size())];
}

class Clocks final : public Nemesis {
 public:
  explicit Clocks(const NemesisContext& context) : context_(context) {}

  std::vector<Symbol> functions() const override { return {kSkew, kRestore}; }

  std::optional<Op> propose(Rng& rng) const override {
    if (!wrong_.empty() && rng.chance(1, 2)) return invocation(kRestore);
    return invocation(kSkew, Value(describe(draw_speeds(rng))));
  }

  Task<Op> invoke(Op op) override {
    Op done = completion(op, OpType::info);
    if (op.f == kRestore) {
      for (const NodeId node : wrong_) power().set_rate(node, kGood);
      wrong_.clear();
      co_return done;
    }
    Speeds speeds = parse_speeds(op.value.text());
    if (!co_await find_leader(speeds)) {
      done.error = Symbol::of("no leader known");
      co_return done;
    }
    std::vector<std::pair<NodeId, int>> rates;
    for (const Speed& speed : speeds) rates.emplace_back(node_of(speed), speed.permille);
    for (const auto& [node, permille] : rates) {
      wrong_.insert(node);  // even if setting it fails half-way
      power().set_rate(node, permille);
    }
    done.value = Value(describe(speeds));
    co_return done;
  }

  std::vector<Op> healing() const override {
    if (wrong_.empty()) return {};
    return {invocation(kRestore)};
  }

 private:
  ClockPower& power() const { return *context_.environment->powers().clocks; }

  // A lease is broken by a leader whose clock is slower than those of the others: the leader is
  // worth as much attention as anybody else.
  Speeds draw_speeds(Rng& rng) const {
    if (rng.chance(1, 2)) return {{kLeader, draw_permille(rng)}};
    const int size = context_.environment->size();
    Nodes nodes = all_nodes(size);
    rng.shuffle(nodes);
    const bool each_its_own = rng.chance(1, 3);
    if (!each_its_own) nodes.resize(static_cast<std::size_t>(draw_count(rng, size)));
    std::sort(nodes.begin(), nodes.end());
    const int common = draw_permille(rng);
    Speeds speeds;
    for (const NodeId node : nodes) {
      speeds.push_back({node_name(node), each_its_own ? draw_permille(rng) : common});
    }
    return speeds;
  }

  static int draw_count(Rng& rng, int size) {
    switch (rng.below(3)) {
      case 0: return 1;
      case 1: return std::max(1, size - majority(size));
      default: return majority(size);
    }
  }

  // Puts the leader's name where it is meant. False: it is, but nobody is known to lead.
  Task<bool> find_leader(Speeds& speeds) const {
    for (Speed& speed : speeds) {
      if (speed.node != kLeader) continue;
      const auto leader = co_await context_.target->leader(*context_.environment);
      if (!leader) co_return false;
      speed.node = node_name(leader->node);
    }
    co_return true;
  }

  NodeId node_of(const Speed& speed) const {
    const auto node = parse_nodes(speed.node, context_.environment->size());
    if (!node) throw std::runtime_error(node.error().message);
    if (node->size() != 1) throw std::runtime_error("the speed of a clock names no node");
    return node->front();
  }

  NemesisContext context_;
  std::set<NodeId> wrong_;  // whose clocks are not good
};

}  // namespace

Result<std::unique_ptr<Nemesis>> make_clock(const NemesisContext& context) {
  if (context.environment->powers().clocks == nullptr) {
    return Error{"clock: this environment has no power over clocks"};
  }
  return std::unique_ptr<Nemesis>(std::make_unique<Clocks>(context));
}

}  // namespace faultline
