// What a fuzz target demands: if it does not hold, the program says so and ends, which the fuzzer
// takes for a finding. Any thread.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace faultline {

inline void require(bool holds, const char* what, const std::string& seen) {
  if (holds) return;
  std::fprintf(stderr, "expected that %s, but: %s\n", what, seen.c_str());
  std::abort();
}

}  // namespace faultline
