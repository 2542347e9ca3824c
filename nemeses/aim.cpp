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
  if (!led.empty() && rng.chance(1, 2)) return Value::List{rng.pick(led)->name};
  const auto blind = with_links(blind_, nodes);
  if (blind.empty()) return std::nullopt;
  const Shape& shape = *rng.pick(blind);
  return Value::List{shape.name, describe(shape.make(nodes))};
}

Task<std::optional<Value::List>> Aim::settle(Value::List drawn) const {
  if (drawn.size() == 2) co_return drawn;
  const auto shape = std::ranges::find(led_, drawn.at(0).text(), &Shape::name);
  if (shape == led_.end()) throw std::runtime_error("no links, and no shape of the leader's");
  const auto leader = co_await context_.target->leader(*context_.environment);
  if (!leader) co_return std::nullopt;
  drawn.emplace_back(describe(shape->make(with_first(*leader, context_.environment->size()))));
  co_return drawn;
}

Grudge Aim::links(const Value::List& settled) const {
  const auto grudge = parse_grudge(settled.at(1).text(), context_.environment->size());
  if (!grudge) throw std::runtime_error(grudge.error().message);
  return *grudge;
}

}  // namespace faultline
