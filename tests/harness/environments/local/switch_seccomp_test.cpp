// The switch where the kernel lacks, or a container's profile forbids, what it would like to call.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>

#include "tests/harness/environments/local/switched_network.hpp"

namespace faultline::local {
namespace {

#ifdef SYS_epoll_wait
constexpr unsigned kEpollWait = SYS_epoll_wait;
#else  // newer architectures have this alone
constexpr unsigned kEpollWait = SYS_epoll_pwait;
#endif

struct Forbidden {
  const char* name;
  unsigned call;
  int error;
};

// From now on the call fails, for this thread and those that it starts.
bool forbid(const Forbidden& forbidden) {
  std::array<sock_filter, 4> rules = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, forbidden.call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(forbidden.error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program{.len = rules.size(), .filter = rules.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

Duration processor_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * kSecond +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * kMicrosecond;
}

class SwitchWithout : public testing::TestWithParam<Forbidden> {};

TEST_P(SwitchWithout, CarriesPacketsAndCommandsAllTheSame) {
  if (const auto may = may_make_namespaces(); !may) GTEST_SKIP() << may.error().message;
  auto ports = open_node_ports(2, PortKind::packet);
  if (!ports) GTEST_SKIP() << ports.error().message;
  std::unique_ptr<SwitchedNetwork> network;
  bool forbade = false;
  std::thread([&] {
    forbade = forbid(GetParam());
    network = std::make_unique<SwitchedNetwork>(std::move(*ports));
  }).join();
  if (!forbade) GTEST_SKIP() << "no seccomp here";
  const FileDescriptor from = network->socket(0, SOCK_DGRAM);
  const FileDescriptor to = network->socket(1, SOCK_DGRAM);
  send_to(from, 1, "hello");
  EXPECT_EQ(receive(to), "hello");
  network->control().impair({{0, 1}}, {.delay = 50 * kMillisecond});
  const Time sent = monotonic_now();
  send_to(from, 1, "later");
  EXPECT_EQ(receive(to), "later");
  EXPECT_GE(monotonic_now() - sent, 50 * kMillisecond);
  network->control().cut({{0, 1}});
  send_to(from, 1, "never");
  EXPECT_FALSE(receive(to, 150 * kMillisecond));
  const Duration before = processor_time();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_LT(processor_time() - before, 100 * kMillisecond) << "it spins";
  network->stop();
}

INSTANTIATE_TEST_SUITE_P(Calls, SwitchWithout,
                         testing::Values(Forbidden{"EpollPwait2", SYS_epoll_pwait2, ENOSYS},
                                         Forbidden{"EpollPwait2AsAProfileForbidsIt",
                                                   SYS_epoll_pwait2, EPERM},
                                         Forbidden{"Ppoll", SYS_ppoll, EPERM}),
                         [](const auto& call) { return call.param.name; });

// Without it no packet can be carried, but who waits for a command does not wait for ever.
TEST(SwitchWithoutEpoll, CarriesOutCommandsAndEnds) {
  bool forbade = false;
  std::thread([&] {
    forbade = forbid({"EpollWait", kEpollWait, EPERM});
    Switch none({}, Rng(1));
    EXPECT_TRUE(none.counters().empty());
    none.cut({});
  }).join();
  if (!forbade) GTEST_SKIP() << "no seccomp here";
}

}  // namespace
}  // namespace faultline::local
