// Context: all that a generator may know: the time, chance, which threads are free, and which
// process each thread runs. Cheap to copy; restricting it to some threads is how ops are routed.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/core/op.hpp"
#include "harness/core/rng.hpp"

namespace faultline {

// A set of threads: client threads 0 .. concurrency-1, and the nemesis thread = concurrency.
class ThreadSet {
 public:
  explicit ThreadSet(int capacity = 0) : words_((static_cast<std::size_t>(capacity) + 63) / 64) {}
  static ThreadSet range(int capacity, int begin, int end);

  bool contains(int thread) const;
  void insert(int thread);
  void erase(int thread);
  bool empty() const;
  int count() const;
  int nth(int n) const;  // the n-th smallest member; n < count()
  ThreadSet operator&(const ThreadSet& other) const;
  friend bool operator==(const ThreadSet&, const ThreadSet&) = default;

  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t w = 0; w < words_.size(); ++w) {
      for (std::uint64_t bits = words_[w]; bits != 0; bits &= bits - 1) {
        visit(static_cast<int>(w * 64) + __builtin_ctzll(bits));
      }
    }
  }

 private:
  boost::container::small_vector<std::uint64_t, 2> words_;
};

class Context {
 public:
  // `processes[t]` is the process that thread t runs; the last thread is the nemesis's. Both
  // `processes` and `rng` must outlive the context.
  Context(const std::vector<Process>& processes, Rng& rng);

  Time time = 0;

  int concurrency() const { return static_cast<int>(processes_->size()) - 1; }
  int nemesis_thread() const { return concurrency(); }
  const ThreadSet& all() const { return all_; }
  const ThreadSet& free() const { return free_; }
  Rng& rng() const { return *rng_; }
  Process process_of(int thread) const { return (*processes_)[static_cast<std::size_t>(thread)]; }
  int thread_of(Process process) const;
  bool is_free(Process process) const;  // it is the process of a free thread of this context
  std::optional<int> some_free_thread() const;  // any of them, at random (fairness)

  Context restricted_to(const ThreadSet& threads) const;
  void set_busy(int thread) { free_.erase(thread); }
  void set_free(int thread) { free_.insert(thread); }

 private:
  const std::vector<Process>* processes_;
  Rng* rng_;
  ThreadSet all_;
  ThreadSet free_;
};

}  // namespace faultline
