#include "nemeses/aim.hpp"

#include <algorithm>
#include <stdexcept>

namespace faultline {
namespace {

// Of few nodes some shapes have no links.
std::vector<const Shape*> with_links(std::span<const Shape> shapes, const Nodes& nodes) {
  std::vector<const Shape*> some;
  for (const Shape& shape : shapes) {
    if (!shape.make(nodes).empty()) some.push_back(&shape);
  }
  return some;
}

}  // namespace

std::optional<Value::List> Aim::draw(Rng& rng) const {
  Nodes nodes = all_nodes(context_.environment->size());
  rng.shuffle(nodes);
  // The leader is worth as much attention as all the blind shapes together.
  const auto led = with_links(led_, nodes);
  if (!led.empty() && rng.chance(1, 2)) {
    const std::int64_t turn = rng.between(0, context_.environment->size() - 1);
    return Value::List{rng.pick(led)->name, turn};
  }
  const auto blind = with_links(blind_, nodes);
  if (blind.empty()) return std::nullopt;
  const Shape& shape = *rng.pick(blind);
  return Value::List{shape.name, describe(shape.make(nodes))};
}

Task<std::optional<Value::List>> Aim::settle(Value::List drawn) const {
  const bool is_settled = drawn.size() > 1 && drawn[1].is_text();
  if (is_settled) co_return drawn;
  const auto shape = std::ranges::find(led_, drawn.at(0).text(), &Shape::name);
  if (shape == led_.end()) throw std::runtime_error("no links, and no shape of the leader's");
  const auto leader = co_await context_.target->leader(*context_.environment);
  if (!leader) co_return std::nullopt;
  Nodes nodes = with_first(leader->node, context_.environment->size());
  const std::int64_t turn = drawn.size() > 1 ? drawn[1].integer() : 0;
  if (nodes.size() > 1) {
    const auto others = static_cast<std::int64_t>(nodes.size()) - 1;
    std::rotate(nodes.begin() + 1, nodes.begin() + 1 + turn % others, nodes.end());
  }
  co_return Value::List{drawn[0], describe(shape->make(nodes))};
}

Grudge Aim::links(const Value::List& settled) const {
  const auto grudge = parse_grudge(settled.at(1).text(), context_.environment->size());
  if (!grudge) throw std::runtime_error(grudge.error().message);
  return *grudge;
}

}  // namespace faultline
