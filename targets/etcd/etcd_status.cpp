#include "targets/etcd/etcd_status.hpp"

#include <cassert>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/core/all_of.hpp"
#include "targets/etcd/http_connection.hpp"

namespace faultline::etcd {
namespace {

using nlohmann::json;

// A 64 bit number is text in JSON; 0 is left out.
std::optional<std::uint64_t> number(const json& object, const char* field) {
  if (!object.is_object()) return std::nullopt;
  if (!object.contains(field)) return 0;
  if (!object[field].is_string()) return std::nullopt;
  const std::string& text = object[field].get_ref<const std::string&>();
  const char* end = text.data() + text.size();
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

bool says_healthy(const HttpAnswer& answer) {
  if (answer.kind != HttpAnswer::Kind::answered || answer.status != 200) return false;
  const json body = json::parse(answer.body, nullptr, false);
  return body.is_object() && body.contains("health") && body["health"] == "true";
}

Task<std::optional<EtcdStatus>> ask_one(LaunchingPower& launching, NodeId node, std::uint16_t port,
                                        AskFor what, Duration timeout) {
  HttpConnection connection(launching, node, port);
  const HttpTimeouts timeouts{timeout, timeout};
  const HttpRequest status_request{"/v3/maintenance/status", "{}"};
  const HttpAnswer answer = co_await connection.ask(status_request, timeouts);
  if (answer.kind != HttpAnswer::Kind::answered || answer.status != 200) co_return std::nullopt;
  std::optional<EtcdStatus> status = parse_status(answer.body);
  if (status && what == AskFor::status_and_health) {
    const HttpRequest health_request{"/health", ""};
    const HttpAnswer health = co_await connection.ask(health_request, timeouts);
    status->healthy = says_healthy(health);
  }
  co_return status;
}

}  // namespace

std::optional<EtcdStatus> parse_status(const std::string& body) {
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("header")) return std::nullopt;
  const std::optional<std::uint64_t> member = number(answer["header"], "member_id");
  const std::optional<std::uint64_t> leader = number(answer, "leader");
  const std::optional<std::uint64_t> term = number(answer, "raftTerm");
  if (!member || *member == 0 || !leader || !term) return std::nullopt;
  return EtcdStatus{*member, *leader, *term, false};
}

Task<EtcdStatuses> ask_all(Environment& environment, std::uint16_t port, AskFor what,
                           Duration timeout) {
  LaunchingPower* launching = environment.powers().launching;
  assert(launching != nullptr);
  std::vector<Task<std::optional<EtcdStatus>>> questions;
  for (NodeId node = 0; node < environment.size(); ++node) {
    questions.push_back(ask_one(*launching, node, port, what, timeout));
  }
  EtcdStatuses statuses = co_await all_of(std::move(questions));
  co_return statuses;
}

}  // namespace faultline::etcd
