// Runs work in a process of its own, so that a measurement neither inherits a warm heap nor suffers
// from what came before, and one that gets out of hand can be stopped. Call it from a program that
// has no other threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <type_traits>

namespace faultline::bench {

// What the child tells its parent: bytes, and only the last of what it sent counts.
using Send = std::function<void(const void* bytes)>;

// Calls work(send) in a child. False: it sent nothing before it ended, or before `limit` was over
// and it was killed.
bool run_apart(const std::function<void(const Send&)>& work, std::chrono::seconds limit,
               void* bytes, std::size_t size);

template <class T>
std::optional<T> apart(const std::function<void(const std::function<void(const T&)>&)>& work,
                       std::chrono::seconds limit) {
  static_assert(std::is_trivially_copyable_v<T>);
  T result{};
  const auto child = [&](const Send& send) { work([&](const T& told) { send(&told); }); };
  if (!run_apart(child, limit, &result, sizeof(T))) return std::nullopt;
  return result;
}

// Of this process. reset_peak() gives memory back to the system first.
void reset_peak();
double peak_megabytes();

}  // namespace faultline::bench
