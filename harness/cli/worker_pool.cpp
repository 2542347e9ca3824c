#include "harness/cli/worker_pool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/core/utf8.hpp"

namespace faultline::cli {
namespace {

constexpr int kDone = 0;
constexpr int kThrew = 1;  // what, is in the result
constexpr auto kGrace = std::chrono::seconds(10);

[[noreturn]] void no_process(const char* what) {
  throw SystemError(fmt::format("no further process: {}: {}", what, std::strerror(errno)));
}

int file_in_memory(const char* name) {
  const int fd = ::memfd_create(name, MFD_CLOEXEC);
  if (fd < 0) no_process("memfd_create");
  return fd;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string content(int fd) {
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const ssize_t n = ::pread(fd, chunk.data(), chunk.size(), static_cast<off_t>(text.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(n));
  }
}

std::string_view last_line(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \r\n") + 1);
  return text.substr(text.rfind('\n') + 1);
}

// The first of the worker's own life: it dies with `parent`, and hears of SIGTERM alone.
void become_worker(pid_t parent, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kThrew);  // it was gone before that
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGTERM, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
}

// _exit: what was in the other process's hands is not ours to end.
[[noreturn]] void work_and_end(const std::function<std::string()>& work, int result) {
  std::string text;
  int code = kThrew;
  try {
    text = work();
    code = kDone;
  } catch (const std::bad_alloc&) {
    text = "out of memory";
  } catch (const std::exception& e) {
    text = e.what();
  }
  const bool written = write_all(result, text);
  (void)std::fflush(nullptr);
  ::_exit(written ? code : kThrew);
}

// Why there is no result, or nothing.
std::string failure_of(int status, const std::string& result, const std::string& output) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == kDone) return {};
  std::string why;
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    why = fmt::format("ended by signal {} ({})", signal, ::strsignal(signal));
  } else if (WEXITSTATUS(status) == kThrew && !result.empty()) {
    return result;
  } else {
    why = fmt::format("ended with code {}", WEXITSTATUS(status));
  }
  const std::string_view words = last_line(output);
  return words.empty() ? why : fmt::format("{}: {}", why, printable(words));
}

}  // namespace

WorkerPool::WorkerPool(std::size_t most, std::optional<Clock::duration> limit)
    : most_(most), limit_(limit) {}

WorkerPool::~WorkerPool() {
  for (const Worker& worker : workers_) ::kill(worker.pid, SIGKILL);
  while (!workers_.empty()) collect(0);
}

void WorkerPool::start(std::size_t job, const std::function<std::string()>& work) {
  assert(!full());
  flush_output();  // or the worker would write it once more
  Worker worker{job, 0, -1, file_in_memory("result"), file_in_memory("output"), Clock::now()};
  const pid_t parent = ::getpid();
  worker.pid = ::fork();
  if (worker.pid < 0) no_process("fork");
  if (worker.pid == 0) {
    become_worker(parent, worker.output);
    work_and_end(work, worker.result);
  }
  // Not glibc's function: its header forgets that there is C++.
  worker.process = static_cast<int>(::syscall(SYS_pidfd_open, worker.pid, 0));
  workers_.push_back(worker);
  if (worker.process < 0) no_process("pidfd_open");
}

std::optional<WorkerEnd> WorkerPool::wait(std::chrono::milliseconds patience) {
  std::vector<pollfd> processes;
  for (Worker& worker : workers_) {
    remind(worker, Clock::now());
    processes.push_back({worker.process, POLLIN, 0});
  }
  if (::poll(processes.data(), processes.size(), static_cast<int>(patience.count())) <= 0) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < processes.size(); ++i) {
    if (processes[i].revents != 0) return collect(i);
  }
  return std::nullopt;
}

void WorkerPool::remind(Worker& worker, Clock::time_point now) const {
  if (!limit_ || now < worker.begin + *limit_) return;
  // Once each: a second SIGTERM would end it at once, without its result.
  if (!worker.overdue) ::kill(worker.pid, SIGTERM);
  worker.overdue = true;
  if (now >= worker.begin + *limit_ + kGrace) ::kill(worker.pid, SIGKILL);
}

WorkerEnd WorkerPool::collect(std::size_t index) {
  const Worker worker = workers_[index];
  workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(index));
  int status = 0;
  while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
  }
  const std::chrono::duration<double> took = Clock::now() - worker.begin;
  WorkerEnd end{worker.job,   content(worker.result), "", content(worker.output),
                took.count(), worker.overdue};
  end.failure = failure_of(status, end.result, end.output);
  if (!end.failure.empty()) end.result.clear();
  for (const int fd : {worker.process, worker.result, worker.output}) ::close(fd);
  return end;
}

void WorkerPool::tell_to_end() {
  for (Worker& worker : workers_) {
    if (!worker.overdue) ::kill(worker.pid, SIGTERM);
  }
}

}  // namespace faultline::cli
