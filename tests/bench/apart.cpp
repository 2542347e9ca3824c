#include "tests/bench/apart.hpp"

#include <malloc.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace faultline::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Reads messages until the child closes its end. False: time was over before that.
bool receive(int from, std::chrono::seconds limit, std::vector<char>& last, bool& any) {
  const auto deadline = SteadyClock::now() + limit;
  std::vector<char> message(last.size());
  std::size_t filled = 0;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
    pollfd ready{from, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0) return false;
    const ssize_t got = ::read(from, message.data() + filled, message.size() - filled);
    if (got <= 0) return true;
    filled += static_cast<std::size_t>(got);
    if (filled < message.size()) continue;
    last = message;
    any = true;
    filled = 0;
  }
}

}  // namespace

bool run_apart(const std::function<void(const Send&)>& work, std::chrono::seconds limit,
               void* bytes, std::size_t size) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    ::close(ends[0]);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    work([&](const void* told) {
      if (::write(ends[1], told, size) != static_cast<ssize_t>(size)) ::_exit(1);
    });
    ::_exit(0);
  }
  ::close(ends[1]);
  std::vector<char> last(size);
  bool any = false;
  if (!receive(ends[0], limit, last, any)) ::kill(child, SIGKILL);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  if (any) std::memcpy(bytes, last.data(), size);
  return any;
}

void reset_peak() {
  ::malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

}  // namespace faultline::bench
