// What this machine has: clocks, cores, memory, open files, room on the disk. Only looks.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/environments/local/finding.hpp"

namespace faultline::local {

// In this order; `results` is where runs would be kept, and need not exist.
std::vector<Finding> look_at_resources(const std::filesystem::path& results);

}  // namespace faultline::local
