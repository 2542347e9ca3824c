// Aim: at which links a fault is directed: a shape of grudge.hpp, of nodes drawn at random or of
// whoever leads when it strikes. What is drawn, and what it came to, is a value for the history.
#pragma once

#include <span>

#include "nemeses/context.hpp"
#include "nemeses/grudge.hpp"

namespace faultline {

struct Shape {
  const char* name;
  Grudge (*make)(const Nodes& nodes);
};

class Aim {
 public:
  // `blind` shapes are for any order of the nodes, `led` ones for one with the leader in front.
  // Their names differ.
  Aim(const NemesisContext& context, std::span<const Shape> blind, std::span<const Shape> led)
      : context_(context), blind_(blind), led_(led) {}

  // [shape, links], or, if it is one of the leader's, [shape, turn]: by how many places the others
  // are rotated before they take theirs. Nothing if no shape has any links.
  std::optional<Value::List> draw(Rng& rng) const;
  // [shape, links]. Nothing if no leader is known.
  Task<std::optional<Value::List>> settle(Value::List drawn) const;
  // The links of what settle() gave. Throws if they do not exist: the op was made by hand.
  Grudge links(const Value::List& settled) const;

 private:
  NemesisContext context_;
  std::span<const Shape> blind_;
  std::span<const Shape> led_;
};

}  // namespace faultline
