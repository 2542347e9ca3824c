#include "tests/bench/workers.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

namespace faultline::bench {
namespace {

struct Worker {
  std::size_t piece;
  pid_t process;
  int from;  // what it returns
  std::string text;
};

[[noreturn]] void be_a_worker(int to, const std::function<std::string()>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::string text;
  try {
    text = work();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    ::_exit(1);
  }
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t now = ::write(to, text.data() + sent, text.size() - sent);
    if (now <= 0) ::_exit(1);
    sent += static_cast<std::size_t>(now);
  }
  ::_exit(0);
}

Worker start(std::size_t piece, const std::function<std::string(std::size_t)>& work) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    ::close(ends[0]);
    be_a_worker(ends[1], [&] { return work(piece); });
  }
  ::close(ends[1]);
  return {piece, child, ends[0], {}};
}

// Takes what there is. True: that was all.
bool read_some(Worker& worker) {
  char buffer[4096];
  const ssize_t got = ::read(worker.from, buffer, sizeof buffer);
  if (got > 0) worker.text.append(buffer, static_cast<std::size_t>(got));
  return got <= 0;
}

bool ended_well(const Worker& worker) {
  int status = 0;
  ::close(worker.from);
  ::waitpid(worker.process, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

void work_apart(int jobs, std::size_t count, const std::function<std::string(std::size_t)>& work,
                const std::function<void(std::size_t, std::optional<std::string>)>& done) {
  std::vector<Worker> workers;
  std::size_t next = 0;
  while (next < count || !workers.empty()) {
    while (next < count && workers.size() < static_cast<std::size_t>(jobs)) {
      workers.push_back(start(next++, work));
    }
    std::vector<pollfd> ready;
    for (const Worker& worker : workers) ready.push_back({worker.from, POLLIN, 0});
    ::poll(ready.data(), ready.size(), -1);
    for (std::size_t i = workers.size(); i-- > 0;) {
      if (ready[i].revents == 0 || !read_some(workers[i])) continue;
      Worker worker = std::move(workers[i]);
      workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(i));
      std::optional<std::string> text;
      if (ended_well(worker)) text = std::move(worker.text);
      done(worker.piece, std::move(text));
    }
  }
}

}  // namespace faultline::bench
