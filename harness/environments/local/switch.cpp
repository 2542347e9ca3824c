#include "harness/environments/local/switch.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <system_error>
#include <utility>

namespace faultline::local {
namespace {

constexpr std::uint32_t kWakeUp = 0xffffffff;  // among the events, beside ports' numbers

// How many packets of one port are forwarded before the others get their turn.
constexpr int kMostAtOnce = 64;

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

void watch(const FileDescriptor& epoll, const FileDescriptor& descriptor, std::uint32_t number) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = number;
  check(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, descriptor.get(), &event), "switch: epoll_ctl");
}

// The program's signals are not for the switch's thread: a thread inherits the mask.
std::thread start_without_signals(const std::function<void()>& body) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(body);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

// After a failure that may go on: without it, the thread would take a whole processor.
void rest() {
  if (errno != EINTR) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

Switch::Switch(std::vector<SwitchPort> ports, const Rng& rng, std::unique_ptr<Capture> capture)
    : forwarder_(std::move(ports), rng, std::move(capture)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_up_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  check(epoll_.get(), "switch: epoll_create");
  check(wake_up_.get(), "switch: eventfd");
  watch(epoll_, wake_up_, kWakeUp);
  for (std::size_t i = 0; i < forwarder_.ports().size(); ++i) {
    watch(epoll_, forwarder_.ports()[i].device, static_cast<std::uint32_t>(i));
  }
  thread_ = start_without_signals([this] { run(); });
}

Switch::~Switch() {
  command([this] { stopping_ = true; });
  thread_.join();
}

void Switch::cut(const Links& links) {
  command([&] { forwarder_.cut(links); });
}

void Switch::impair(const Links& links, const LinkFault& fault) {
  command([&] { forwarder_.impair(links, fault); });
}

CountersByLink Switch::counters() const {
  CountersByLink out;
  command([&] { out = forwarder_.counters(); });
  return out;
}

// The thread does it between two packets: so forwarding takes no lock.
void Switch::command(const std::function<void()>& act) const {
  Command waiting{.act = act};
  std::unique_lock lock(mutex_);
  commands_.push_back(&waiting);
  const std::uint64_t one = 1;
  check(static_cast<int>(::write(wake_up_.get(), &one, sizeof one)), "switch: eventfd");
  done_.wait(lock, [&] { return waiting.done; });
}

void Switch::carry_out_commands() {
  std::uint64_t count = 0;
  if (::read(wake_up_.get(), &count, sizeof count) < 0) return;
  {
    const std::lock_guard lock(mutex_);
    for (Command* command : std::exchange(commands_, {})) {
      command->act();
      command->done = true;
    }
  }
  done_.notify_all();
}

void Switch::run() {
  ::prctl(PR_SET_NAME, "switch");
  ::prctl(PR_SET_TIMERSLACK, 1);  // nanosecond: a thread's default of 50,000 is too late
  while (!stopping_) {
    forwarder_.deliver_due();
    wait();
    forward_what_came();
  }
}

// Until a packet or a command is there, or one under way is due. With ppoll, since epoll_pwait2
// is missing before Linux 5.11 and forbidden by older seccomp profiles.
void Switch::wait() const {
  timespec timeout{};
  const Time due = forwarder_.next_due();
  if (due != kNever) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const Duration wait = std::max<Duration>(0, due - now.tv_sec * kSecond - now.tv_nsec);
    timeout = {.tv_sec = wait / kSecond, .tv_nsec = wait % kSecond};
  }
  pollfd anything{.fd = epoll_.get(), .events = POLLIN, .revents = 0};
  if (::ppoll(&anything, 1, due == kNever ? nullptr : &timeout, nullptr) < 0) rest();
}

void Switch::forward_what_came() {
  std::array<epoll_event, 16> events{};
  const int count =
      ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), /*timeout=*/0);
  if (count < 0) {
    rest();
    return carry_out_commands();  // whoever waits for one must not do so for ever
  }
  for (int i = 0; i < count; ++i) {
    const std::uint32_t number = events[static_cast<std::size_t>(i)].data.u32;
    if (number == kWakeUp) {
      carry_out_commands();
    } else if (!forwarder_.forward(number, kMostAtOnce)) {
      // Its namespace is gone: without this its error would wake us for ever.
      const int device = forwarder_.ports()[number].device.get();
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, device, nullptr);
    }
  }
}

}  // namespace faultline::local
