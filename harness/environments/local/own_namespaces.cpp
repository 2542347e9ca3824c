#include "harness/environments/local/own_namespaces.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace faultline::local {
namespace {

constexpr const char* kSettings = "/proc/sys";

Error failure(const std::string& what) {
  return Error{fmt::format("{}: {}", what, std::strerror(errno))};
}

Result<void> write_map(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) return failure(fmt::format("{} cannot be written", path));
  return {};
}

Error refused(const std::string& why) {
  return Error{fmt::format("namespaces cannot be made here ({}); {}", why,
                           namespaces_remedy(kSettings, ::geteuid() == 0))};
}

}  // namespace

std::string namespaces_remedy(const std::filesystem::path& settings, bool is_root) {
  struct Setting {
    const char* name;
    const char* bad;
    const char* good;
    bool of_users;  // it does not bind root
  };
  constexpr Setting kKnown[] = {
      {"kernel.unprivileged_userns_clone", "0", "1", true},
      {"kernel.apparmor_restrict_unprivileged_userns", "1", "0", true},
      {"user.max_user_namespaces", "0", "10000", true},
      {"user.max_pid_namespaces", "0", "10000", false},
      {"user.max_mnt_namespaces", "0", "10000", false},
      {"user.max_net_namespaces", "0", "10000", false},
      {"user.max_ipc_namespaces", "0", "10000", false},
  };
  std::string wanted;
  for (const Setting& setting : kKnown) {
    if (is_root && setting.of_users) continue;
    std::string name = setting.name;
    name.replace(name.find('.'), 1, "/");
    std::string value;
    std::ifstream(settings / name) >> value;
    if (value == setting.bad) wanted += fmt::format(" {}={}", setting.name, setting.good);
  }
  if (!wanted.empty()) return "as root: sysctl" + wanted;
  return fmt::format("{}in a container, allow unshare and CAP_SYS_ADMIN (docker run --privileged)",
                     is_root ? "" : "run it as root; ");
}

Result<bool> enter_namespaces() {
  constexpr int kNamespaces = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC;
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  const bool is_root = user == 0 && ::unshare(kNamespaces) == 0;
  if (!is_root) {
    if (::unshare(CLONE_NEWUSER | kNamespaces) != 0) return refused(std::strerror(errno));
    for (const auto& [path, text] :
         {std::pair("/proc/self/setgroups", std::string("deny")),
          std::pair("/proc/self/uid_map", fmt::format("0 {} 1", user)),
          std::pair("/proc/self/gid_map", fmt::format("0 {} 1", group))}) {
      const auto written = write_map(path, text);
      if (!written) return refused(written.error().message);
    }
  }
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    if (errno != EINVAL) return refused(failure("mounts cannot be made private").message);
    // Mounts of ours would be seen outside of it.
    return Error{
        "namespaces cannot be made here (/ is no mount point, so this is a chroot); as root, "
        "before "
        "entering it: mount --bind DIR DIR"};
  }
  return is_root;
}

Result<void> mount_data() {
  if (::mount("tmpfs", kDataDirectory, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") == 0) return {};
  const char* remedy = errno == ENOENT ? "as root: mkdir" : "allow mounts of tmpfs on";
  return Error{failure(fmt::format("a tmpfs cannot be mounted on {}", kDataDirectory)).message +
               fmt::format("; {} {}", remedy, kDataDirectory)};
}

Result<void> mount_proc() {
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0) return {};
  return failure("a /proc cannot be mounted");
}

}  // namespace faultline::local
