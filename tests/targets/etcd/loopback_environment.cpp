#include "tests/targets/etcd/loopback_environment.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "harness/core/run_loop.hpp"

namespace faultline::etcd {
namespace {

bool is_free(const std::string& address, std::uint16_t port) {
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(loop, asio::ip::tcp::v4());
  boost::system::error_code error;
  acceptor.bind({asio::ip::make_address_v4(address), port}, error);
  return !error;
}

std::string make_directory() {
  std::string path = (std::filesystem::temp_directory_path() / "faultline-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
  return path;
}

[[noreturn]] void become(const std::vector<std::string>& argv, const std::string& log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

LoopbackEnvironment::LoopbackEnvironment(int size)
    : clock_(loop_), nodes_(static_cast<std::size_t>(size)), directory_(make_directory()) {
  for (NodeId node = 0; node < size; ++node) std::filesystem::create_directory(directory(node));
}

LoopbackEnvironment::~LoopbackEnvironment() {
  for (NodeId node = 0; node < size(); ++node) kill(node);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::uint16_t LoopbackEnvironment::free_port() const {
  for (std::uint16_t port = 21000 + ::getpid() % 8000; port < 32000; ++port) {
    bool free = true;
    for (NodeId node = 0; node < size(); ++node) free = free && is_free(address(node), port);
    if (free) return port;
  }
  throw std::runtime_error("no free port");
}

Powers LoopbackEnvironment::powers() {
  Powers powers;
  if (launches) powers.launching = this;
  powers.processes = this;
  return powers;
}

void LoopbackEnvironment::run(Task<> main) {
  run_loop(loop_, std::move(main));
}

std::vector<std::string> LoopbackEnvironment::node_log(NodeId node) {
  std::ifstream file(directory(node) + "/log");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

Result<void> LoopbackEnvironment::launch(NodeId node, std::vector<std::string> argv) {
  nodes_[static_cast<std::size_t>(node)].argv = std::move(argv);
  start(node);
  return {};
}

bool LoopbackEnvironment::is_running(NodeId node) {
  Process& process = nodes_[static_cast<std::size_t>(node)];
  int status = 0;
  if (process.pid != 0 && ::waitpid(process.pid, &status, WNOHANG) == process.pid) {
    process.pid = 0;
    process.death = WIFEXITED(status) ? fmt::format("exited with status {}", WEXITSTATUS(status))
                                      : fmt::format("was killed by signal {}", WTERMSIG(status));
  }
  return process.pid != 0;
}

std::string LoopbackEnvironment::death(NodeId node) {
  is_running(node);
  return nodes_[static_cast<std::size_t>(node)].death;
}

pid_t LoopbackEnvironment::process(NodeId node) const {
  return nodes_[static_cast<std::size_t>(node)].pid;
}

std::string LoopbackEnvironment::address(NodeId node) const {
  return fmt::format("127.0.0.{}", node + 1);
}

std::string LoopbackEnvironment::directory(NodeId node) const {
  return directory_ + "/" + node_name(node);
}

Result<int> LoopbackEnvironment::open_socket() {
  if (no_sockets) return Error{"no socket: the test says so"};
  ++sockets;
  return ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

bool LoopbackEnvironment::kill(NodeId node) {
  if (!is_running(node)) return false;
  Process& process = nodes_[static_cast<std::size_t>(node)];
  ::kill(process.pid, SIGKILL);
  ::waitpid(process.pid, nullptr, 0);
  process.pid = 0;
  return true;
}

bool LoopbackEnvironment::start(NodeId node) {
  if (is_running(node)) return false;
  Process& process = nodes_[static_cast<std::size_t>(node)];
  const std::string log = directory(node) + "/log";
  process.death.clear();
  process.pid = ::fork();
  if (process.pid == 0) become(process.argv, log);
  return process.pid > 0;
}

bool LoopbackEnvironment::pause(NodeId node) {
  return is_running(node) && ::kill(nodes_[static_cast<std::size_t>(node)].pid, SIGSTOP) == 0;
}

bool LoopbackEnvironment::resume(NodeId node) {
  return is_running(node) && ::kill(nodes_[static_cast<std::size_t>(node)].pid, SIGCONT) == 0;
}

}  // namespace faultline::etcd
