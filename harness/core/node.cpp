#include "harness/core/node.hpp"

#include <fmt/format.h>

namespace faultline {

std::string node_name(NodeId node) {
  return node == kClients ? "clients" : fmt::format("n{}", node + 1);
}

}  // namespace faultline
