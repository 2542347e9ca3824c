#include "harness/cli/interruption.hpp"

#include <csignal>
#include <initializer_list>

namespace faultline::cli {
namespace {

volatile std::sig_atomic_t seen = 0;

void on_signal(int signal) {
  if (seen != 0) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  seen = 1;
}

}  // namespace

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    // nohup, and a shell that runs the program behind it, have signals ignored.
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
}

bool interrupted() {
  return seen != 0;
}

void forget_interruption() {
  seen = 0;
}

}  // namespace faultline::cli
