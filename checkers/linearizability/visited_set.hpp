// VisitedSet: the configurations a search has met, with which it need not bother again.
//
// Open addressing over keys of a fixed number of words (place, state, bits); each key has a list
// of the crash usages it was met with. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/linearizability/configuration.hpp"
#include "checkers/linearizability/crash_usage.hpp"

namespace faultline {

class VisitedSet {
 public:
  // `words`: of the bits of a configuration. With `dominance` a configuration equal to a visited
  // one but for more crashed ops used counts as visited. `usages` must outlive the set.
  VisitedSet(std::size_t words, bool dominance, const CrashUsage& usages);

  // True if the configuration at `position` is new; it has then been added.
  bool insert(std::uint32_t position, const Configuration& configuration);
  // How many configurations with the place, state and bits of the one inserted last there are. They
  // differ in the crashed ops used alone; to insert one more takes as long as there are many.
  std::size_t crowd() const { return crowd_; }
  void clear();
  std::size_t size() const { return links_.size(); }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t kEmpty = UINT32_MAX;
  struct Link {
    std::uint32_t usage;
    std::uint32_t next;  // in links_, or kEmpty
  };

  void pack(std::uint32_t position, const Configuration& configuration);
  std::size_t hash(const std::uint64_t* key) const;
  std::size_t find_bucket(const std::uint64_t* key) const;
  void grow();

  const std::size_t stride_;
  const bool dominance_;
  const CrashUsage& usages_;
  std::size_t crowd_ = 0;
  std::vector<std::uint64_t> key_;    // the one being looked for
  std::vector<std::uint64_t> keys_;   // stride_ words each
  std::vector<std::uint32_t> first_;  // per key, in links_
  std::vector<Link> links_;
  std::vector<std::uint32_t> buckets_;  // numbers of keys; a power of two
};

}  // namespace faultline
