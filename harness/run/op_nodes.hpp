// The nodes that an op of the nemesis names, wherever in its value: "n1 n3", "n1>n2 n2>n1",
// "clients>n1", "n1=500 n2=2000". Texts, not concepts, so that it holds for every nemesis. Pure
// functions.
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "harness/core/node.hpp"
#include "harness/core/op.hpp"

namespace faultline {

std::set<NodeId> nodes_named(const Op& op);

// The op with every node under its new name; what names a node without one (a node in a list, a
// link) is left out. Nothing: the op named nodes, and now names none.
using Renaming = std::function<std::optional<NodeId>(NodeId node)>;
std::optional<Op> renamed(Op op, const Renaming& renaming);

}  // namespace faultline
