#include "nemeses/cuts.hpp"

#include <utility>

namespace faultline {

void Cuts::cut(const std::string& who, Grudge links) {
  by_nemesis_[who] = std::move(links);
  apply();
}

void Cuts::heal(const std::string& who) {
  by_nemesis_.erase(who);
  apply();
}

void Cuts::apply() {
  if (by_nemesis_.empty()) return network_.heal();
  Grudge all;
  for (const auto& [who, links] : by_nemesis_) all.insert(all.end(), links.begin(), links.end());
  network_.cut(all);
}

}  // namespace faultline
