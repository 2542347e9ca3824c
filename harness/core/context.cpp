#include "harness/core/context.hpp"

#include <algorithm>
#include <bit>

namespace faultline {
namespace {

std::size_t word(int thread) {
  return static_cast<std::size_t>(thread) / 64;
}
std::uint64_t bit(int thread) {
  return std::uint64_t{1} << (static_cast<unsigned>(thread) % 64);
}

}  // namespace

ThreadSet ThreadSet::range(int capacity, int begin, int end) {
  ThreadSet set(capacity);
  for (int t = begin; t < end; ++t) set.insert(t);
  return set;
}

bool ThreadSet::contains(int thread) const {
  return word(thread) < words_.size() && (words_[word(thread)] & bit(thread)) != 0;
}

void ThreadSet::insert(int thread) {
  words_[word(thread)] |= bit(thread);
}
void ThreadSet::erase(int thread) {
  words_[word(thread)] &= ~bit(thread);
}

bool ThreadSet::empty() const {
  return std::all_of(words_.begin(), words_.end(), [](std::uint64_t w) { return w == 0; });
}

int ThreadSet::count() const {
  int n = 0;
  for (const auto w : words_) n += std::popcount(w);
  return n;
}

int ThreadSet::nth(int n) const {
  for (std::size_t w = 0;; ++w) {
    const int here = std::popcount(words_[w]);
    if (n >= here) {
      n -= here;
      continue;
    }
    std::uint64_t bits = words_[w];
    for (; n > 0; --n) bits &= bits - 1;
    return static_cast<int>(w * 64) + std::countr_zero(bits);
  }
}

ThreadSet ThreadSet::operator&(const ThreadSet& other) const {
  ThreadSet result = *this;
  for (std::size_t w = 0; w < result.words_.size(); ++w) {
    result.words_[w] &= w < other.words_.size() ? other.words_[w] : 0;
  }
  return result;
}

Context::Context(const std::vector<Process>& processes, Rng& rng)
    : processes_(&processes),
      rng_(&rng),
      all_(ThreadSet::range(static_cast<int>(processes.size()), 0,
                            static_cast<int>(processes.size()))),
      free_(all_) {}

int Context::thread_of(Process process) const {
  return process == kNemesis ? nemesis_thread() : process % concurrency();
}

bool Context::is_free(Process process) const {
  if (process < 0 && process != kNemesis) return false;
  const int thread = thread_of(process);
  return free_.contains(thread) && process_of(thread) == process;
}

std::optional<int> Context::some_free_thread() const {
  const int n = free_.count();
  if (n == 0) return std::nullopt;
  return free_.nth(n == 1 ? 0 : static_cast<int>(rng_->below(static_cast<std::uint64_t>(n))));
}

Context Context::restricted_to(const ThreadSet& threads) const {
  Context restricted = *this;
  restricted.all_ = all_ & threads;
  restricted.free_ = free_ & threads;
  return restricted;
}

}  // namespace faultline
