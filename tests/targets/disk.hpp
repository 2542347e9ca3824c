// Disk: what a node has stored by its effects, and what of it a crash would take. A plain value.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "harness/core/node.hpp"

namespace faultline {

struct Disk {
  std::vector<Bytes> synced;
  std::vector<Bytes> written;  // after those, and lost by a crash
  std::size_t syncs = 0;
  std::size_t rewrites = 0;

  std::vector<Bytes> records() const {
    std::vector<Bytes> all = synced;
    all.insert(all.end(), written.begin(), written.end());
    return all;
  }

  // Messages and answers are not for a disk.
  void carry_out(Effects::Effect& effect) {
    if (auto* write = std::get_if<Effects::Write>(&effect)) {
      written.push_back(std::move(write->record));
    } else if (auto* rewrite = std::get_if<Effects::Rewrite>(&effect)) {
      synced = std::move(rewrite->records);
      written.clear();
      ++rewrites;
    } else if (std::holds_alternative<Effects::Sync>(effect)) {
      for (Bytes& record : written) synced.push_back(std::move(record));
      written.clear();
      ++syncs;
    }
  }
  void carry_out(Effects& effects) {
    for (Effects::Effect& effect : effects.list) carry_out(effect);
    effects.list.clear();
  }
};

}  // namespace faultline
