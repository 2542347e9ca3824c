// try_apart: finds out something in a child process, so that whatever it does to its process, hangs
// in or crashes by is gone with it. Of a process with one thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "harness/environments/local/finding.hpp"

namespace faultline::local {

inline constexpr std::chrono::seconds kProbePatience(10);

// What `probe` finds. If it hangs, throws or crashes, that is the finding, named `name`. Its
// process group is ended in any case.
Finding try_apart(const std::string& name, const std::function<Finding()>& probe,
                  std::chrono::milliseconds patience = kProbePatience);

}  // namespace faultline::local
