// Work done in several processes at a time: each piece in a process of its own, so that nothing one
// does (interned names, a crash) touches another. For programs without other threads.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace faultline::bench {

// Calls work(0) to work(count-1), at most `jobs` at a time, and done(i, what it returned) here, in
// the order in which they end; nothing if its process ended without returning.
void work_apart(int jobs, std::size_t count, const std::function<std::string(std::size_t)>& work,
                const std::function<void(std::size_t, std::optional<std::string>)>& done);

}  // namespace faultline::bench
