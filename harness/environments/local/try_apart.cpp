#include "harness/environments/local/try_apart.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

#include "harness/environments/local/file_descriptor.hpp"

namespace faultline::local {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

Finding failed(const std::string& name, const std::string& detail) {
  return {name, false, detail, "look into the kernel's messages (dmesg), and try again", false};
}

[[noreturn]] void be_child(const std::string& name, const std::function<Finding()>& probe,
                           pid_t parent, int pipe) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(EXIT_FAILURE);
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);  // a crash leaves nothing, either
  Finding finding;
  try {
    finding = probe();
  } catch (const std::exception& e) {
    finding = failed(name, e.what());
  }
  const json found = {finding.works, finding.detail, finding.remedy, finding.needed};
  const std::string text = found.dump(-1, ' ', false, json::error_handler_t::replace);
  // Far below what a pipe takes at once.
  [[maybe_unused]] const ssize_t written = ::write(pipe, text.data(), text.size());
  ::_exit(EXIT_SUCCESS);
}

// Until the other end is closed, or `deadline`; whether it was closed.
bool read_all(int pipe, Clock::time_point deadline, std::string& text) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd end{pipe, POLLIN, 0};
    if (left <= 0) return false;
    if (::poll(&end, 1, static_cast<int>(left)) <= 0) continue;
    const ssize_t size = ::read(pipe, buffer.data(), buffer.size());
    if (size <= 0) return true;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

Finding try_apart(const std::string& name, const std::function<Finding()>& probe,
                  std::chrono::milliseconds patience) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed(name, std::strerror(errno));
  const FileDescriptor ours(ends[0]);
  FileDescriptor theirs(ends[1]);
  const pid_t self = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return failed(name, std::strerror(errno));
  if (child == 0) be_child(name, probe, self, theirs.get());
  ::setpgid(child, child);  // here as well: it must be so before we kill
  theirs.close();
  std::string text;
  const bool ended = read_all(ours.get(), Clock::now() + patience, text);
  int status = 0;
  if (ended) {
    siginfo_t ignored{};
    ::waitid(P_PID, static_cast<id_t>(child), &ignored, WEXITED | WNOWAIT);
  }
  ::kill(-child, SIGKILL);
  ::waitpid(child, &status, 0);
  const json found = json::parse(text, nullptr, false);
  if (found.is_array() && found.size() == 4) {
    return {name, found[0], found[1], found[2], found[3]};
  }
  if (!ended) return failed(name, fmt::format("no answer within {} ms", patience.count()));
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (signal != 0) return failed(name, fmt::format("the attempt ended with signal {}", signal));
  return failed(name, fmt::format("the attempt ended with status {}", WEXITSTATUS(status)));
}

}  // namespace faultline::local
