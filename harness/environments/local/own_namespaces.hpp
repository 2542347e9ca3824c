// Namespaces and mounts of the calling process's own, in which the guardian makes what nodes need.
// Single-threaded processes only, as the kernel demands of a new user namespace.
#pragma once

#include <filesystem>
#include <string>

#include "harness/core/result.hpp"

namespace faultline::local {

// As root or, in a user namespace, as anybody. The PID namespace begins with the next child. True:
// without a user namespace. Error: what the machine refuses, and the remedy.
Result<bool> enter_namespaces();

// Room for the nodes' data in memory, on kDataDirectory; it ends with the mount namespace.
Result<void> mount_data();
// A /proc that shows the processes of our PID namespace alone; for its pid 1.
Result<void> mount_proc();

inline constexpr const char* kDataDirectory = "/mnt";  // there since FHS 2.3

// What makes namespaces possible, by what the kernel's settings are; they are in `settings`.
std::string namespaces_remedy(const std::filesystem::path& settings, bool is_root);

}  // namespace faultline::local
