// The guardian's own main; see guardian.hpp.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>

#include "harness/environments/local/guarded_node.hpp"
#include "harness/environments/local/guardian.hpp"
#include "harness/environments/local/own_namespaces.hpp"

namespace faultline::local {
namespace {

using nlohmann::json;

Error failure(const std::string& what) {
  return Error{fmt::format("{}: {}", what, std::strerror(errno))};
}

// Ends with the process that made us. That may have ended before this was asked for: then its end
// of the channel is closed.
void end_with_parent(const Channel& channel) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  pollfd end{channel.fd(), POLLIN, 0};
  if (::poll(&end, 1, 0) == 1 && (end.revents & POLLHUP) != 0) ::_exit(EXIT_FAILURE);
}

// Where a /proc is refused (some containers) nodes see the host's: nothing of ours depends on it.
Result<void> mount_own() {
  (void)mount_proc();
  return mount_data();
}

class Service {
 public:
  explicit Service(Channel channel) : channel_(std::move(channel)) {
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, nullptr);
    children_ = FileDescriptor(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  // Until the controller is gone.
  void serve() {
    for (;;) {
      std::array<pollfd, 2> ready{pollfd{channel_.fd(), POLLIN, 0},
                                  pollfd{children_.get(), POLLIN, 0}};
      ::poll(ready.data(), ready.size(), -1);
      reap();
      if (ready[0].revents == 0) continue;
      auto message = channel_.receive();
      if (!message || !answer(*message)) return;
    }
  }

 private:
  struct Reply {
    json body = json::object();
    std::vector<int> files;
    std::vector<FileDescriptor> owned;  // those of them that are not to be kept
  };

  void reap() {
    signalfd_siginfo ignored{};
    while (::read(children_.get(), &ignored, sizeof ignored) > 0) {
    }
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      for (auto& [id, node] : nodes_) {
        if (node.reap(pid, status)) break;
      }
    }
  }

  // False: the controller is gone.
  bool answer(Message& message) {
    Result<Reply> reply = Error{"the guardian does not understand"};
    try {
      reply = carry_out(message);
    } catch (const json::exception& e) {
      reply = Error{fmt::format("the guardian does not understand: {}", e.what())};
    } catch (const std::exception& e) {
      reply = Error{fmt::format("the guardian has not the means (ulimit -u?): {}", e.what())};
    }
    const auto sent = reply ? channel_.send(reply->body, reply->files)
                            : channel_.send({{"error", reply.error().message}});
    return sent.has_value();
  }

  Result<Reply> carry_out(Message& message) {
    const std::string what = message.body.at("do");
    if (what == "hello") return Reply{};
    if (what == "ports") return open_ports(message.body);
    if (what == "socket") return open_socket();
    const NodeId id = message.body.at("node");
    const auto found = nodes_.find(id);
    if (found == nodes_.end()) return Error{fmt::format("there is no node {}", id)};
    GuardedNode& node = found->second;
    if (what == "look")
      return Reply{{{"running", node.is_running()}, {"death", node.death()}}, {}, {}};
    if (what == "kill") return Reply{{{"changed", node.kill()}}, {}, {}};
    if (what == "pause") return Reply{{{"changed", node.pause()}}, {}, {}};
    if (what == "resume") return Reply{{{"changed", node.resume()}}, {}, {}};
    if (what != "start") return Error{fmt::format("the guardian cannot '{}'", what)};
    const std::vector<std::string> argv = message.body.at("argv");
    const auto started = node.start(argv, message.files.at(0).get());
    if (!started) return started.error();
    return Reply{};
  }

  Result<Reply> open_ports(const json& body) {
    if (!ports_.empty()) return Error{"the network is there already"};
    const std::vector<std::string> addresses = body.at("addresses");
    auto ports = local::open_ports(addresses, static_cast<PortKind>(body.at("kind").get<int>()));
    if (!ports) return ports.error();
    // All or nothing: it may be asked for again, of the other kind.
    std::map<NodeId, GuardedNode> nodes;
    Reply reply;
    reply.body["ports"] = json::array();
    for (std::size_t i = 0; i < ports->size(); ++i) {
      Port& port = (*ports)[i];
      reply.files.push_back(port.device.get());
      reply.owned.push_back(std::move(port.device));  // they are the switch's alone
      reply.body["ports"].push_back({{"mac", port.mac}, {"interface", port.interface_index}});
      if (i + 1 == ports->size()) break;  // the last is the clients'
      const auto id = static_cast<NodeId>(i);
      const std::string directory = node_directory(id);
      if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return failure(directory);
      nodes.emplace(id, GuardedNode(port.net_namespace.get(), directory));
    }
    ports_ = std::move(*ports);
    nodes_ = std::move(nodes);
    return reply;
  }

  Result<Reply> open_socket() const {
    if (ports_.empty()) return Error{"there is no network yet"};
    const FileDescriptor here(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    if (!here.is_open()) return failure("/proc/self/ns/net");
    if (::setns(ports_.back().net_namespace.get(), CLONE_NEWNET) != 0) {
      return failure("the clients' network cannot be entered");
    }
    FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int error = errno;
    if (::setns(here.get(), CLONE_NEWNET) != 0) return failure("setns");
    errno = error;
    if (!socket.is_open()) return failure("a socket cannot be made");
    Reply reply;
    reply.files.push_back(socket.get());
    reply.owned.push_back(std::move(socket));
    return reply;
  }

  Channel channel_;
  FileDescriptor children_;  // tells of children that ended
  std::vector<Port> ports_;
  std::map<NodeId, GuardedNode> nodes_;
};

int refuse(Channel& channel, const Error& error) {
  (void)channel.receive();
  (void)channel.send({{"error", error.message}});
  return EXIT_FAILURE;
}

// As pid 1 of the namespace.
int be_guardian(Channel channel) {
  end_with_parent(channel);
  const auto mounted = mount_own();
  if (!mounted) return refuse(channel, mounted.error());
  Service(std::move(channel)).serve();
  return EXIT_SUCCESS;  // and with pid 1 every other process of the namespace ends
}

}  // namespace

std::string node_directory(NodeId node) {
  return fmt::format("{}/{}", kDataDirectory, node_name(node));
}

int guard(FileDescriptor end) {
  Channel channel(std::move(end));
  ::fcntl(channel.fd(), F_SETFD, FD_CLOEXEC);
  // Signals are for the controller, which then heals and stops in order.
  ::setsid();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_IGN);
  end_with_parent(channel);
  const auto entered = enter_namespaces();
  if (!entered) return refuse(channel, entered.error());
  end_with_parent(channel);  // again: who gains rights, as in a user namespace, loses that
  const pid_t child = ::fork();
  if (child < 0) return refuse(channel, failure("fork"));
  if (child == 0) ::_exit(be_guardian(std::move(channel)));
  channel = Channel(FileDescriptor());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

}  // namespace faultline::local
