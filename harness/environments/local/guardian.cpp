#include "harness/environments/local/guardian.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <chrono>
#include <system_error>
#include <thread>

namespace faultline::local {

namespace bp = boost::process;
using nlohmann::json;

struct Guardian::Process {
  bp::child child;
};

Result<std::unique_ptr<Guardian>> Guardian::launch(const std::string& program) {
  auto ends = Channel::make_pair();
  if (!ends) return ends.error();
  const int theirs = ends->second.fd();
  const auto keep_channel = [theirs](auto&) { ::fcntl(theirs, F_SETFD, 0); };
  auto process = std::make_unique<Process>();
  std::error_code failed;
  process->child = bp::child(
      bp::exe = program, bp::args = {"guardian", "--channel", std::to_string(theirs)},
      bp::std_in<bp::null, bp::std_out> bp::null, failed, bp::extend::on_exec_setup = keep_channel);
  if (failed) {
    return Error{fmt::format("the guardian process cannot be started: {}", failed.message())};
  }
  std::unique_ptr<Guardian> guardian(new Guardian(std::move(ends->first), std::move(process)));
  ends->second = Channel(FileDescriptor());  // theirs alone now: when they end, we are told
  try {
    auto ready = guardian->request({{"do", "hello"}});
    if (!ready) return ready.error();
  } catch (const GuardianGone& gone) {
    return Error{gone.what()};
  }
  return guardian;
}

Guardian::Guardian(Channel channel, std::unique_ptr<Process> process)
    : channel_(std::move(channel)), process_(std::move(process)) {}

Guardian::~Guardian() {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds kPatience(3);
  channel_ = Channel(FileDescriptor());  // the sign to end
  const auto deadline = Clock::now() + kPatience;
  std::error_code failed;
  // Not wait_for(): of a child that ended just before, it waits for the signal in vain.
  while (process_->child.running(failed) && Clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  if (process_->child.running(failed)) process_->child.terminate(failed);
}

Result<Message> Guardian::request(const json& body, const std::vector<int>& files) {
  const auto sent = channel_.send(body, files);
  if (!sent) throw GuardianGone("the guardian of the nodes has ended: " + sent.error().message);
  auto answer = channel_.receive();
  if (!answer) {
    throw GuardianGone("the guardian of the nodes has ended: " + answer.error().message);
  }
  const auto error = answer->body.find("error");
  if (error != answer->body.end()) return Error{error->get<std::string>()};
  return answer;
}

Result<std::vector<Port>> Guardian::open_ports(const std::vector<std::string>& addresses,
                                               PortKind kind) {
  auto answer =
      request({{"do", "ports"}, {"addresses", addresses}, {"kind", static_cast<int>(kind)}});
  if (!answer) return answer.error();
  std::vector<Port> ports;
  for (std::size_t i = 0; i < answer->files.size(); ++i) {
    const json& described = answer->body.at("ports").at(i);
    Port port;
    port.device = std::move(answer->files[i]);
    port.kind = kind;
    port.mac = described.at("mac").get<decltype(port.mac)>();
    port.interface_index = described.at("interface").get<int>();
    ports.push_back(std::move(port));
  }
  return ports;
}

Result<void> Guardian::start(NodeId node, const std::vector<std::string>& argv, int log) {
  auto answer = request({{"do", "start"}, {"node", node}, {"argv", argv}}, {log});
  if (!answer) return answer.error();
  return {};
}

json Guardian::ask(NodeId node, const char* what) {
  auto answer = request({{"do", what}, {"node", node}});
  if (!answer) throw std::runtime_error(answer.error().message);
  return std::move(answer->body);
}

bool Guardian::kill(NodeId node) {
  return ask(node, "kill").value("changed", false);
}
bool Guardian::pause(NodeId node) {
  return ask(node, "pause").value("changed", false);
}
bool Guardian::resume(NodeId node) {
  return ask(node, "resume").value("changed", false);
}

bool Guardian::is_running(NodeId node) {
  return ask(node, "look").value("running", false);
}

std::string Guardian::death_of(NodeId node) {
  return ask(node, "look").value("death", std::string());
}

Result<FileDescriptor> Guardian::open_socket() {
  auto answer = request({{"do", "socket"}});
  if (!answer) return answer.error();
  if (answer->files.size() != 1) return Error{"the guardian sent no socket"};
  return std::move(answer->files.front());
}

}  // namespace faultline::local
