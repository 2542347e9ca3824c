#include "harness/environments/local/probes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <utility>

#include "harness/environments/local/addresses.hpp"
#include "harness/environments/local/file_descriptor.hpp"
#include "harness/environments/local/guardian.hpp"
#include "harness/environments/local/own_namespaces.hpp"
#include "harness/environments/local/try_apart.hpp"

namespace faultline::local {
namespace {

class Stopwatch {
 public:
  // Since the last time.
  double milliseconds() {
    const auto begin = std::exchange(from_, Clock::now());
    return std::chrono::duration<double, std::milli>(from_ - begin).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point from_ = Clock::now();
};

Finding possible(std::string detail) {
  Finding finding;
  finding.works = true;
  finding.detail = std::move(detail);
  return finding;
}

Finding needed(Finding finding) {
  finding.needed = true;
  return finding;
}

// What is not possible without namespaces has their remedy.
const char* const kSeeNamespaces = "see namespaces, above";

Finding try_mounts() {
  const auto entered = enter_namespaces();
  if (!entered) return not_possible(entered.error().message, kSeeNamespaces);
  const auto data = mount_data();
  if (!data) return not_possible(data.error().message, kSeeNamespaces);
  const pid_t child = ::fork();  // as pid 1, who alone may
  if (child < 0) return not_possible(std::strerror(errno), "allow more processes: ulimit -u");
  if (child == 0) ::_exit(mount_proc() ? EXIT_SUCCESS : EXIT_FAILURE);
  int status = 0;
  ::waitpid(child, &status, 0);
  const bool has_proc = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
  return possible(fmt::format(
      "a tmpfs on {} for the nodes' data, {}", kDataDirectory,
      has_proc ? "a /proc of their own" : "but nodes see the machine's /proc (that is all right)"));
}

Finding try_ptrace() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) ::pause();
  }
  int status = 0;
  std::string failed;
  if (child < 0) {
    failed = "fork";
  } else if (::ptrace(PTRACE_SEIZE, child, nullptr, nullptr) != 0) {
    failed = "PTRACE_SEIZE";
  } else if (::ptrace(PTRACE_INTERRUPT, child, nullptr, nullptr) != 0) {
    failed = "PTRACE_INTERRUPT";
  }
  if (!failed.empty()) failed += fmt::format(": {}", std::strerror(errno));
  if (failed.empty() && (::waitpid(child, &status, 0) != child || !WIFSTOPPED(status))) {
    failed = "PTRACE_INTERRUPT does not stop the process";
  }
  if (child > 0) ::kill(child, SIGKILL);
  std::string scope;
  std::ifstream("/proc/sys/kernel/yama/ptrace_scope") >> scope;
  const std::string yama = scope.empty() ? "no yama" : "yama scope " + scope;
  if (failed.empty()) return possible(fmt::format("own processes ({})", yama));
  const char* remedy = scope == "2"   ? "as root: sysctl kernel.yama.ptrace_scope=1"
                       : scope == "3" ? "boot with kernel.yama.ptrace_scope=1 in /etc/sysctl.d"
                                      : "in a container, allow ptrace (docker run --cap-add "
                                        "SYS_PTRACE)";
  return not_possible(fmt::format("{} ({})", failed, yama), remedy);
}

}  // namespace

Finding probe_namespaces() {
  return needed(try_apart("namespaces", [] {
    const uid_t user = ::geteuid();  // of whom the user namespace makes its root
    const auto entered = enter_namespaces();
    if (!entered) return not_possible(entered.error().message, "run it as root");
    return possible(*entered ? "as root" : fmt::format("as user {}, in a user namespace", user));
  }));
}

Finding probe_mounts() {
  return needed(try_apart("own mounts", try_mounts));
}

Finding probe_guardian(const std::string& program) {
  return needed(try_apart("guardian", [&] {
    Stopwatch watch;
    auto guardian = Guardian::launch(program);
    if (!guardian) return not_possible(guardian.error().message, kSeeNamespaces);
    const double started = watch.milliseconds();
    guardian->reset();
    return possible(fmt::format("pid 1 of a PID namespace: there in {:.1f} ms, gone in {:.1f} ms",
                                started, watch.milliseconds()));
  }));
}

Finding probe_network(const std::string& program, PortKind kind) {
  const bool tun = kind == PortKind::tun;
  return try_apart(tun ? "TUN" : "veth", [&] {
    auto guardian = Guardian::launch(program);
    if (!guardian) return not_possible(guardian.error().message, kSeeNamespaces);
    constexpr int kNodes = 5;
    Stopwatch watch;
    const auto ports = (*guardian)->open_ports(addresses_of(kNodes), kind);
    if (!ports) {
      return not_possible(ports.error().message,
                          tun ? "as root: modprobe tun"
                              : "as root: modprobe veth af_packet, or use a kernel with both");
    }
    return possible(fmt::format("{}: {} networks in {:.1f} ms",
                                tun ? "/dev/net/tun" : "and AF_PACKET, the fallback", ports->size(),
                                watch.milliseconds()));
  });
}

Finding probe_fuse() {
  return try_apart("FUSE", [] {
    const FileDescriptor device(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
    if (device.is_open()) return possible("/dev/fuse can be opened (for disk faults, later)");
    return not_possible(
        fmt::format("cannot open /dev/fuse: {} (for disk faults, later)", std::strerror(errno)),
        errno == EACCES ? "as root: chmod 0666 /dev/fuse"
                        : "as root: modprobe fuse; in a container: docker run "
                          "--device /dev/fuse");
  });
}

Finding probe_ptrace() {
  return try_apart("ptrace", try_ptrace);
}

}  // namespace faultline::local
