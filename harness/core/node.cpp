#include "harness/core/node.hpp"

namespace faultline {

std::string node_name(NodeId node) {
  return "n" + std::to_string(node + 1);
}

}  // namespace faultline
