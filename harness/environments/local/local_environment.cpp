#include "harness/environments/local/local_environment.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/core/run_loop.hpp"
#include "harness/environments/local/addresses.hpp"

namespace faultline::local {
namespace {

// This program, for its commands `guardian` and `node`.
constexpr const char* kThisProgram = "/proc/self/exe";
constexpr int kNodePort = 7000;  // of our own nodes
constexpr Duration kStatusTimeout = 200 * kMillisecond;

}  // namespace

LocalEnvironment::LocalEnvironment(const LocalOptions& options, const Rng& rng)
    : options_(options), rng_(rng), loop_(1), clock_(loop_) {
  hosts_.resize(static_cast<std::size_t>(options_.nodes));
}

LocalEnvironment::~LocalEnvironment() = default;

std::string LocalEnvironment::address(NodeId node) const {
  return address_of(node);
}

Result<void> LocalEnvironment::prepare(const std::string& directory) {
  directory_ = directory;
  const auto logs = open_logs();
  if (!logs) return logs.error();
  auto guardian = Guardian::launch(kThisProgram);
  if (!guardian) return guardian.error();
  guardian_ = std::move(*guardian);
  auto ports = open_ports();
  if (!ports) return ports.error();
  std::unique_ptr<Capture> capture;
  if (options_.capture) {
    auto opened = Capture::create(fmt::format("{}/{}", directory, kCaptureFile));
    if (!opened) return opened.error();
    capture = std::move(*opened);
  }
  std::vector<SwitchPort> ends;
  for (std::size_t i = 0; i < ports->size(); ++i) {
    Port& port = (*ports)[i];
    const NodeId node = i < hosts_.size() ? static_cast<NodeId>(i) : kClients;
    ends.push_back({node, std::move(port.device), port.kind, port.mac, port.interface_index});
  }
  switch_ = std::make_unique<Switch>(std::move(ends), rng_.split("network"), std::move(capture));
  return {};
}

std::string LocalEnvironment::log_path(NodeId node) const {
  return fmt::format("{}/{}.log", directory_, node_name(node));
}

Result<void> LocalEnvironment::open_logs() {
  for (NodeId node = 0; node < size(); ++node) {
    const std::string path = log_path(node);
    at(node).log =
        FileDescriptor(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
    if (!at(node).log.is_open()) {
      return Error{fmt::format("{} cannot be written: {}", path, std::strerror(errno))};
    }
  }
  return {};
}

Result<std::vector<Port>> LocalEnvironment::open_ports() {
  const std::vector<std::string> addresses = addresses_of(size());
  auto tun = guardian_->open_ports(addresses, PortKind::tun);
  if (tun) return tun;
  auto packet = guardian_->open_ports(addresses, PortKind::packet);
  if (packet) return packet;
  return Error{fmt::format("a private network cannot be made here: {}; nor without TUN: {}",
                           tun.error().message, packet.error().message)};
}

void LocalEnvironment::run(Task<> main) {
  if (!switch_) throw std::logic_error("the local environment was not prepared");
  run_loop(loop_, std::move(main));
  if (!write_counters()) {
    throw std::runtime_error(fmt::format("{}/{} cannot be written", directory_, kCountersFile));
  }
}

// And tells if the capture is not whole.
bool LocalEnvironment::write_counters() const {
  nlohmann::ordered_json links;
  for (const auto& [link, counters] : switch_->counters()) {
    const auto& [from, to] = link;
    links[node_name(from) + ">" + node_name(to)] = {
        {"packets", counters.packets},
        {"bytes", counters.bytes},
        {"delivered", counters.delivered},
        {"cut", counters.cut},
        {"lost", counters.lost},
        {"duplicated", counters.duplicated},
        {"corrupted", counters.corrupted},
        {"reordered", counters.reordered},
        {"overflowed", counters.overflowed},
    };
  }
  const std::uint64_t missing = switch_->missing_in_capture();
  if (missing > 0) {
    fmt::print(stderr,
               "faultline: {} lacks {} packets: the disk is full or slow, or it grew too large\n",
               kCaptureFile, missing);
  }
  std::ofstream file(fmt::format("{}/{}", directory_, kCountersFile));
  file << links.dump(1) << std::endl;
  return file.good();
}

std::vector<std::string> LocalEnvironment::node_log(NodeId node) {
  std::vector<std::string> lines;
  std::ifstream file(log_path(node));
  for (std::string line; std::getline(file, line);) lines.push_back(std::move(line));
  return lines;
}

void LocalEnvironment::note(NodeId node, const std::string& what) {
  const std::string line =
      fmt::format("-- faultline, at {:.3f} s: {}\n", to_seconds(clock_.now()), what);
  // A log on a full disk goes without it.
  [[maybe_unused]] const ssize_t written = ::write(at(node).log.get(), line.data(), line.size());
}

bool LocalEnvironment::kill(NodeId node) {
  if (!guardian_->kill(node)) return false;
  note(node, "killed");
  return true;
}

std::string LocalEnvironment::death(NodeId node) {
  std::string how = guardian_->death_of(node);
  if (how != at(node).death && !how.empty()) note(node, "it " + how);
  at(node).death = how;
  return how;
}

bool LocalEnvironment::start(NodeId node) {
  if (at(node).argv.empty() || guardian_->is_running(node)) return false;
  const auto started = launch(node, at(node).argv);
  if (!started) throw std::runtime_error(started.error().message);
  return true;
}

bool LocalEnvironment::pause(NodeId node) {
  if (!guardian_->pause(node)) return false;
  note(node, "paused");
  return true;
}

bool LocalEnvironment::resume(NodeId node) {
  if (!guardian_->resume(node)) return false;
  note(node, "resumed");
  return true;
}

Result<void> LocalEnvironment::launch(NodeId node, std::vector<std::string> argv) {
  note(node, fmt::format("starting {}", fmt::join(argv, " ")));
  const auto started = guardian_->start(node, argv, at(node).log.get());
  if (!started) {
    return Error{fmt::format("{} cannot be started: {}", node_name(node), started.error().message)};
  }
  at(node).argv = std::move(argv);
  return {};
}

Result<int> LocalEnvironment::open_socket() {
  auto socket = guardian_->open_socket();
  if (!socket) return socket.error();
  return socket->release();
}

Result<void> LocalEnvironment::install(HostedProgram program) {
  std::vector<std::string> addresses;
  for (NodeId node = 0; node < size(); ++node) {
    addresses.push_back(fmt::format("{}:{}", address(node), kNodePort));
  }
  for (NodeId node = 0; node < size(); ++node) {
    std::vector<std::string> argv = {kThisProgram, "node"};
    argv.insert(argv.end(), program.arguments.begin(), program.arguments.end());
    argv.insert(argv.end(), {"--id", std::to_string(node), "--nodes",
                             fmt::format("{}", fmt::join(addresses, ",")), "--directory",
                             directory(node), "--seed", std::to_string(options_.seed)});
    const auto started = launch(node, std::move(argv));
    if (!started) return started.error();
    at(node).connection = std::make_unique<NodeConnection>(
        loop_, clock_, addresses[static_cast<std::size_t>(node)], [this] { return open_socket(); });
  }
  return {};
}

Task<Answer> LocalEnvironment::request(NodeId node, Bytes request, Duration timeout) {
  if (!at(node).connection) throw std::logic_error("no node of our own was installed");
  Answer answer = co_await at(node).connection->request(std::move(request), timeout);
  co_return answer;
}

Task<std::optional<NodeStatus>> LocalEnvironment::status(NodeId node) {
  if (!at(node).connection) co_return std::nullopt;
  std::optional<NodeStatus> status = co_await at(node).connection->status(kStatusTimeout);
  co_return status;
}

}  // namespace faultline::local
