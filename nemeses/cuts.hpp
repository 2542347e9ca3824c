// Cuts: the links that several nemeses have cut. The network knows one set of cut links only
// (NetworkPower::cut replaces the one before), so each nemesis says here what it cuts, and what is
// cut is all of it together: none mends what another broke. One thread.
#pragma once

#include <map>
#include <string>

#include "harness/core/environment.hpp"

namespace faultline {

class Cuts {
 public:
  explicit Cuts(NetworkPower& network) : network_(network) {}  // which outlives it

  void cut(const std::string& who, Grudge links);  // instead of what `who` cut before
  void heal(const std::string& who);

 private:
  void apply();

  NetworkPower& network_;
  std::map<std::string, Grudge> by_nemesis_;
};

}  // namespace faultline
