// Groups: threads divided into groups that share nothing, each with a generator of its own, and
// how they are asked (each_thread, reserve, concurrent_keys). Used only inside this folder.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/core/generator.hpp"
#include "harness/generators/soonest.hpp"

namespace faultline::gen {

class Groups {
 public:
  explicit Groups(const Context& context)
      : capacity_(context.concurrency() + 1),
        of_thread_(static_cast<std::size_t>(capacity_), kNoGroup) {}

  // Adds a group of these threads. Returns its number.
  std::size_t add(const std::vector<int>& threads) {
    ThreadSet set(capacity_);
    for (const int thread : threads) {
      set.insert(thread);
      of_thread_[static_cast<std::size_t>(thread)] = members_.size();
    }
    members_.push_back(std::move(set));
    return members_.size() - 1;
  }

  static constexpr std::size_t kNoGroup = static_cast<std::size_t>(-1);

  std::size_t size() const { return members_.size(); }
  const ThreadSet& members(std::size_t group) const { return members_[group]; }
  std::size_t of_thread(int thread) const { return of_thread_[static_cast<std::size_t>(thread)]; }

 private:
  int capacity_;
  std::vector<ThreadSet> members_;
  std::vector<std::size_t> of_thread_;
};

// Asks the groups that have free threads, in random order weighted by how many are free, until
// an op is due at once. `ask(group, its context)` gives a group's answer.
template <class Ask>
Soonest ask_groups(const Groups& groups, const Context& context, Ask ask) {
  Soonest soonest(context.time);
  ThreadSet left = context.free();
  for (int count = left.count(); count > 0 && !soonest.is_settled(); count = left.count()) {
    int drawn = 0;
    if (count > 1) {
      drawn = static_cast<int>(context.rng().below(static_cast<std::uint64_t>(count)));
    }
    const int thread = left.nth(drawn);
    left.erase(thread);
    const std::size_t group = groups.of_thread(thread);
    if (group == Groups::kNoGroup) continue;
    const ThreadSet& members = groups.members(group);
    members.for_each([&left](int member) { left.erase(member); });
    soonest.offer(group, ask(group, context.restricted_to(members)));
  }
  return soonest;
}

}  // namespace faultline::gen
