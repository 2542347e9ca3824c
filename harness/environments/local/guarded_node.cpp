#include "harness/environments/local/guarded_node.hpp"

#include <fmt/format.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/posix.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "harness/environments/local/find_program.hpp"

namespace faultline::local {
namespace {

namespace bp = boost::process;

constexpr rlim_t kOpenFiles = 8192;

void limit(int resource, rlim_t wanted) {
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &now) != 0) return;
  now.rlim_cur = std::min(wanted, now.rlim_max);
  ::setrlimit(static_cast<__rlimit_resource>(resource), &now);
}

// In the child, between fork and exec. False: it must not go on.
bool enter(int net_namespace, const char* directory) {
  ::setsid();  // a group of its own, to be signalled as a whole
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  // Nothing of whoever started us, either; Boost.Process needs its own until exec.
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, kOpenFiles);
  return ::setns(net_namespace, CLONE_NEWNET) == 0 && ::chdir(directory) == 0;
}

std::string describe_end(int status) {
  if (WIFEXITED(status)) return fmt::format("exited with status {}", WEXITSTATUS(status));
  return fmt::format("was ended by signal {}", WTERMSIG(status));
}

}  // namespace

Result<void> GuardedNode::start(const std::vector<std::string>& argv, int log) {
  if (is_running()) return Error{"it runs already"};
  if (argv.empty()) return Error{"there is no program to start"};
  const std::string program = find_program(argv[0]);
  if (program.empty()) return Error{fmt::format("there is no program {} (in PATH)", argv[0])};
  const auto setup = [this](auto& executor) {
    if (!enter(net_namespace_, directory_.c_str())) {
      executor.set_error(std::error_code(errno, std::system_category()),
                         "its namespace or directory cannot be entered");
      ::_exit(EXIT_FAILURE);
    }
  };
  std::error_code failed;
  bp::child child(bp::exe = program,
                  bp::args = std::vector<std::string>(argv.begin() + 1, argv.end()),
                  bp::std_in < bp::null, bp::posix::fd.bind(1, log), bp::posix::fd.bind(2, log),
                  failed, bp::extend::on_exec_setup = setup);
  if (failed) return Error{fmt::format("{}: {}", program, failed.message())};
  pid_ = child.id();
  child.detach();  // every child is waited for in one place
  paused_ = false;
  death_.clear();
  return {};
}

bool GuardedNode::kill() {
  if (!is_running()) return false;
  ::kill(-pid_, SIGKILL);
  int status = 0;
  pid_t ended = 0;
  do {
    ended = ::waitpid(pid_, &status, 0);
  } while (ended < 0 && errno == EINTR);
  pid_ = 0;
  return true;
}

bool GuardedNode::pause() {
  if (!is_running() || paused_) return false;
  ::kill(-pid_, SIGSTOP);
  int status = 0;
  pid_t changed = 0;
  do {
    changed = ::waitpid(pid_, &status, WUNTRACED);
  } while (changed < 0 && errno == EINTR);
  if (!WIFSTOPPED(status)) {  // it ended just then
    reap(pid_, status);
    return false;
  }
  paused_ = true;
  return true;
}

bool GuardedNode::resume() {
  if (!is_running() || !paused_) return false;
  ::kill(-pid_, SIGCONT);
  paused_ = false;
  return true;
}

bool GuardedNode::reap(pid_t pid, int status) {
  if (!is_running() || pid != pid_) return false;
  ::kill(-pid_, SIGKILL);  // what it left behind
  pid_ = 0;
  death_ = describe_end(status);
  return true;
}

}  // namespace faultline::local
