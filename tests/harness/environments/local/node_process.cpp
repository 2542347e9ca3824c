#include "tests/harness/environments/local/node_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "harness/environments/local/file_descriptor.hpp"
#include "tests/harness/environments/local/scratch_directory.hpp"

namespace faultline::local {

std::vector<std::string> free_addresses(int count) {
  std::vector<FileDescriptor> sockets;  // held until all are known: no port comes twice
  std::vector<std::string> addresses;
  for (int i = 0; i < count; ++i) {
    sockets.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const general = reinterpret_cast<sockaddr*>(&address);
    if (::bind(sockets.back().get(), general, size) != 0 ||
        ::getsockname(sockets.back().get(), general, &size) != 0) {
      throw std::runtime_error("no free port");
    }
    addresses.push_back("127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  }
  return addresses;
}

Result<int> open_loopback_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return Error{std::strerror(errno)};
  return fd;
}

NodeProcess::NodeProcess(NodeHostOptions options, NodeFactory factory)
    : options_(std::move(options)), factory_(std::move(factory)) {
  std::filesystem::create_directory(options_.directory);
}

NodeProcess::NodeProcess(NodeProcess&& other) noexcept
    : options_(std::move(other.options_)),
      factory_(std::move(other.factory_)),
      pid_(std::exchange(other.pid_, -1)) {}

void NodeProcess::start() {
  std::fflush(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);  // connections of the test
  const std::string log = options_.directory + "/stderr";
  ::dup2(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
  const Result<void> ended = run_node(options_, factory_);
  if (!ended) std::fprintf(stderr, "%s\n", ended.error().message.c_str());
  std::fflush(nullptr);
  ::_exit(ended ? 0 : 1);
}

void NodeProcess::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
}

void NodeProcess::signal(int number) const {
  ::kill(pid_, number);
}

int NodeProcess::wait() {
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string NodeProcess::log() const {
  return slurp(options_.directory + "/stderr");
}

const std::string& NodeProcess::address() const {
  return options_.addresses[static_cast<std::size_t>(options_.id)];
}

void Loop::run(Task<> main) {
  std::exception_ptr failure;
  asio::co_spawn(io_, std::move(main), [&](std::exception_ptr thrown) {
    failure = std::move(thrown);
    io_.stop();
  });
  io_.restart();
  io_.run();
  if (failure) std::rethrow_exception(failure);
}

std::unique_ptr<NodeConnection> Loop::connect(const std::string& address) {
  return std::make_unique<NodeConnection>(io_, clock_, address, open_loopback_socket);
}

Answer Loop::request(NodeConnection& node, const std::string& bytes, Duration timeout) {
  Answer answer;
  const auto main = [](NodeConnection& of, Bytes what, Duration patience, Answer& out) -> Task<> {
    out = co_await of.request(std::move(what), patience);
  };
  run(main(node, bytes, timeout, answer));
  return answer;
}

std::optional<NodeStatus> Loop::status(NodeConnection& node, Duration timeout) {
  std::optional<NodeStatus> status;
  const auto main = [](NodeConnection& of, Duration patience,
                       std::optional<NodeStatus>& out) -> Task<> {
    out = co_await of.status(patience);
  };
  run(main(node, timeout, status));
  return status;
}

}  // namespace faultline::local
