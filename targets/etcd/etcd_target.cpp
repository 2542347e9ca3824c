#include "targets/etcd/etcd_target.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <vector>

#include "harness/environments/local/find_program.hpp"
#include "harness/environments/local/run_program.hpp"
#include "targets/early_death.hpp"
#include "targets/etcd/etcd_status.hpp"
#include "targets/etcd/http_connection.hpp"

namespace faultline {
namespace etcd {
namespace {

constexpr Duration kPollInterval = 20 * kMillisecond;
constexpr Duration kHealthTimeout = kSecond;

std::string program() {
  return local::find_program("etcd");
}

Error not_installed() {
  return Error{fmt::format(
      "etcd is not installed; run: ./faultline doctor --install (or, as root: apt-get install {})",
      kEtcdPackage)};
}

std::string url(const LaunchingPower& launching, NodeId node, std::uint16_t port) {
  return fmt::format("http://{}:{}", launching.address(node), port);
}

// The user's settings for etcd (ETCD_NAME, ...), with which it would refuse the options below, and
// proxies, through which its nodes would speak to each other.
bool is_setting(std::string_view name) {
  static const std::set<std::string_view> kProxies = {"http_proxy",  "HTTP_PROXY", "https_proxy",
                                                      "HTTPS_PROXY", "all_proxy",  "ALL_PROXY",
                                                      "no_proxy",    "NO_PROXY"};
  return name.starts_with("ETCD_") || kProxies.contains(name);
}

// What comes before a command to run it without the user's settings.
std::vector<std::string> without_settings() {
  std::vector<std::string> words;
  for (char** setting = environ; *setting != nullptr; ++setting) {
    const std::string_view text = *setting;
    const std::string_view name = text.substr(0, text.find('='));
    if (is_setting(name)) words.insert(words.end(), {"-u", std::string(name)});
  }
  if (!words.empty()) words.insert(words.begin(), "env");
  return words;
}

std::vector<std::string> command_line(const LaunchingPower& launching, NodeId node, int size,
                                      const EtcdOptions& options) {
  std::string cluster;
  for (NodeId member = 0; member < size; ++member) {
    cluster += fmt::format("{}{}={}", member == 0 ? "" : ",", node_name(member),
                           url(launching, member, options.peer_port));
  }
  const std::string clients = url(launching, node, options.client.port);
  const std::string peers = url(launching, node, options.peer_port);
  std::vector<std::string> argv = without_settings();
  argv.insert(
      argv.end(),
      {program(), "--name=" + node_name(node), "--data-dir=" + launching.directory(node) + "/etcd",
       "--listen-client-urls=" + clients, "--advertise-client-urls=" + clients,
       "--listen-peer-urls=" + peers, "--initial-advertise-peer-urls=" + peers,
       "--initial-cluster=" + cluster, "--initial-cluster-state=new",
       "--initial-cluster-token=faultline",
       fmt::format("--heartbeat-interval={}", options.heartbeat_interval / kMillisecond),
       fmt::format("--election-timeout={}", options.election_timeout / kMillisecond),
       "--logger=zap", "--log-outputs=stderr"});
  return argv;
}

// The latest of those whom nodes follow: a term has one leader, and of an old one the nodes that
// were cut off with it may not have heard.
std::optional<EtcdStatus> latest_of_those_led(const EtcdStatuses& statuses) {
  std::optional<EtcdStatus> latest;
  for (const std::optional<EtcdStatus>& status : statuses) {
    if (!status || status->leader == 0 || (latest && status->term <= latest->term)) continue;
    latest = status;
  }
  return latest;
}

class EtcdTarget : public Target {
 public:
  explicit EtcdTarget(const EtcdOptions& options) : options_(options) {}

  Task<Result<void>> start(Environment& environment) override {
    LaunchingPower* launching = environment.powers().launching;
    if (launching == nullptr) {
      co_return Error{"etcd: this environment cannot run programs; try --env local"};
    }
    const Result<void> installed = check_installed();
    if (!installed) co_return installed;
    // Before a new node does anything else it asks the others, in this order and for 1 s each,
    // whether it was a member before. One that listens and does not serve yet, because it asks the
    // others, costs the whole second; one that does not listen, or serves, costs nothing. So the
    // first of them is up before the others begin: 0.6 s for five nodes instead of 4.4 s.
    const Time deadline = environment.clock().now() + options_.start_timeout;
    const std::vector<NodeId> order = order_of_urls(environment);
    for (const NodeId node : order) {
      std::vector<std::string> argv = command_line(*launching, node, environment.size(), options_);
      Result<void> launched = launching->launch(node, std::move(argv));
      if (!launched) co_return launched;
      if (node != order.front()) continue;
      Result<void> serving = co_await wait_for_peer(environment, node, deadline);
      if (!serving) co_return serving;
    }
    const Result<void> up = co_await wait_until_healthy(environment, deadline);
    co_return up;
  }

  std::unique_ptr<Client> connect(Environment& environment, NodeId node, Process) override {
    return make_etcd_client(environment, node, options_.client);
  }

  Task<std::optional<Leader>> leader(Environment& environment) override {
    if (environment.powers().launching == nullptr) co_return std::nullopt;
    const EtcdStatuses statuses = co_await ask_all(environment, options_.client.port,
                                                   AskFor::status, options_.status_timeout);
    learn_members(statuses);
    const std::optional<EtcdStatus> led = latest_of_those_led(statuses);
    const auto found = led ? members_.find(led->leader) : members_.end();
    if (found == members_.end()) co_return std::nullopt;
    co_return Leader(found->second, led->term);
  }

 private:
  std::vector<NodeId> order_of_urls(Environment& environment) const {
    const LaunchingPower& launching = *environment.powers().launching;
    std::vector<NodeId> order(static_cast<std::size_t>(environment.size()));
    std::iota(order.begin(), order.end(), 0);
    const auto peer_url = [&](NodeId node) { return url(launching, node, options_.peer_port); };
    std::sort(order.begin(), order.end(),
              [&](NodeId a, NodeId b) { return peer_url(a) < peer_url(b); });
    return order;
  }

  Task<Result<void>> wait_for_peer(Environment& environment, NodeId node, Time deadline) const {
    Clock& clock = environment.clock();
    LaunchingPower& launching = *environment.powers().launching;
    HttpConnection connection(launching, node, options_.peer_port);
    const HttpRequest request{"/members", ""};
    const HttpTimeouts timeouts{kHealthTimeout, kHealthTimeout};
    Result<void> done;  // named: g++ 12 takes the temporary for uninitialized
    for (;;) {
      const HttpAnswer answer = co_await connection.ask(request, timeouts);
      if (answer.kind == HttpAnswer::Kind::answered) break;
      if (const auto died = early_death(environment, "etcd")) co_return *died;
      if (clock.now() >= deadline) {
        co_return Error{fmt::format("etcd: {} does not answer its peers after {} s; see its log",
                                    node_name(node), to_seconds(options_.start_timeout))};
      }
      co_await sleep_until(clock, clock.now() + kPollInterval);
    }
    co_return done;
  }

  Task<Result<void>> wait_until_healthy(Environment& environment, Time deadline) {
    Clock& clock = environment.clock();
    for (;;) {
      const EtcdStatuses statuses = co_await ask_all(environment, options_.client.port,
                                                     AskFor::status_and_health, kHealthTimeout);
      learn_members(statuses);
      const auto is_up = [](const auto& status) { return status && status->healthy; };
      const auto up = std::count_if(statuses.begin(), statuses.end(), is_up);
      if (up == environment.size() && latest_of_those_led(statuses)) break;
      if (const auto died = early_death(environment, "etcd")) co_return *died;
      if (clock.now() >= deadline) {
        co_return Error{fmt::format("etcd: {} of {} nodes are healthy after {} s; see their logs",
                                    up, environment.size(), to_seconds(options_.start_timeout))};
      }
      co_await sleep_until(clock, clock.now() + kPollInterval);
    }
    Result<void> done;  // named: g++ 12 takes the temporary for uninitialized
    co_return done;
  }

  void learn_members(const EtcdStatuses& statuses) {
    for (std::size_t node = 0; node < statuses.size(); ++node) {
      if (statuses[node]) members_[statuses[node]->member] = static_cast<NodeId>(node);
    }
  }

  const EtcdOptions options_;
  std::map<std::uint64_t, NodeId> members_;  // also of those that do not answer any more
};

}  // namespace

Result<void> check_installed() {
  if (program().empty()) return not_installed();
  return {};
}

Result<std::string> installed_version() {
  const std::string path = program();
  if (path.empty()) return not_installed();
  const auto said = local::run_program({path, "--version"});
  if (!said) return said.error();
  constexpr std::string_view kLabel = "etcd Version: ";
  const std::size_t begin = said->output.find(kLabel);
  if (begin == std::string::npos) {
    return Error{"etcd: `etcd --version` does not say which version it is; is it etcd's server?"};
  }
  const std::size_t from = begin + kLabel.size();
  const std::size_t end = said->output.find('\n', from);
  return {boost::system::in_place_value, said->output.substr(from, end - from)};
}

}  // namespace etcd

std::unique_ptr<Target> make_etcd_target(const etcd::EtcdOptions& options) {
  return std::make_unique<etcd::EtcdTarget>(options);
}

}  // namespace faultline
