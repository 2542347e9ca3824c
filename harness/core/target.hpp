// Target: a system under test: how it is started, spoken to, and asked who leads it.
#pragma once

#include <memory>
#include <optional>

#include "harness/core/client.hpp"
#include "harness/core/environment.hpp"

namespace faultline {

class Target {
 public:
  virtual ~Target() = default;
  // Installs and starts every node, and returns when the cluster is up.
  virtual Task<Result<void>> start(Environment& environment) = 0;
  // A client for `process`, connected to `node` first.
  virtual std::unique_ptr<Client> connect(Environment& environment, NodeId node,
                                          Process process) = 0;
  // Who leads, if it is known; with two claimants, the one of the highest term.
  virtual Task<std::optional<NodeId>> leader(Environment& environment) = 0;
};

}  // namespace faultline
