#include "harness/environments/local/network_namespace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/harness/environments/local/switched_network.hpp"

namespace faultline::local {
namespace {

using testing::HasSubstr;

// Of the calling thread's namespace.
std::set<std::string> interfaces() {
  std::set<std::string> out;
  std::ifstream in("/proc/thread-self/net/dev");
  std::string line;
  while (std::getline(in, line)) {
    if (const auto colon = line.find(':'); colon != std::string::npos) {
      out.insert(line.substr(line.find_first_not_of(' '), colon - line.find_first_not_of(' ')));
    }
  }
  return out;
}

std::string own_namespace() {
  return std::filesystem::read_symlink("/proc/thread-self/ns/net").string();
}

class NetworkNamespaceTest : public testing::TestWithParam<PortKind> {
 protected:
  void SetUp() override {
    if (const auto may = may_make_namespaces(); !may) GTEST_SKIP() << may.error().message;
    if (const auto ports = open_node_ports(1, GetParam()); !ports) {
      GTEST_SKIP() << ports.error().message;
    }
  }
};

TEST_P(NetworkNamespaceTest, MakesOneForEachAddressAndLeavesTheCallerWhereItIs) {
  const auto before = own_namespace();
  const auto interfaces_before = interfaces();
  const std::vector<std::string> addresses = {"10.99.0.1", "10.99.0.2"};
  const auto ports = open_ports(addresses, GetParam());
  ASSERT_TRUE(ports) << ports.error().message;
  ASSERT_EQ(ports->size(), 2U);
  EXPECT_EQ(own_namespace(), before);
  EXPECT_EQ(interfaces(), interfaces_before);
  std::set<std::string> namespaces = {before};
  for (const auto& port : *ports) {
    EXPECT_TRUE(port.device.is_open());
    std::thread([&] {
      ASSERT_EQ(::setns(port.net_namespace.get(), CLONE_NEWNET), 0);
      namespaces.insert(own_namespace());
      EXPECT_THAT(interfaces(), testing::IsSupersetOf({"lo", "eth0"}));
    }).join();
  }
  EXPECT_EQ(namespaces.size(), 3U);
}

TEST_P(NetworkNamespaceTest, LeavesTheCallerWhereItIsAlsoWhenItFails) {
  const auto before = own_namespace();
  const auto interfaces_before = interfaces();
  const std::vector<std::string> addresses = {"10.99.0.1", "10.99.0.300"};
  const auto ports = open_ports(addresses, GetParam());
  ASSERT_FALSE(ports);
  EXPECT_THAT(ports.error().message, HasSubstr("10.99.0.300"));
  EXPECT_EQ(own_namespace(), before);
  EXPECT_EQ(interfaces(), interfaces_before);
}

INSTANTIATE_TEST_SUITE_P(Kinds, NetworkNamespaceTest,
                         testing::Values(PortKind::tun, PortKind::packet), [](const auto& kind) {
                           return kind.param == PortKind::tun ? "Tun" : "Packet";
                         });

// Of the calling thread, and of those that it starts.
void drop_privileges() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct none[2] = {};
  ASSERT_EQ(::syscall(SYS_capset, &header, none), 0);
}

// Without the privilege: a message that says what is missing, and nothing changed.
TEST(NetworkNamespace, SaysWhatItNeeds) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to give it up";
  std::string message;
  std::string before;
  std::string after;
  std::thread([&] {
    before = own_namespace();
    drop_privileges();
    const std::vector<std::string> addresses = {"10.99.0.1"};
    if (const auto ports = open_ports(addresses, PortKind::tun); !ports) {
      message = ports.error().message;
    }
    after = own_namespace();
  }).join();
  EXPECT_THAT(message, HasSubstr("cannot make a network namespace: Operation not permitted"));
  EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace faultline::local
