#include "targets/admin.hpp"

#include <fmt/format.h>

#include <utility>

#include "targets/kv/bytes.hpp"

namespace faultline {
namespace {

constexpr std::uint8_t kMark = 0xad;  // no kind of a kv::Command
constexpr Duration kAttemptTimeout = 500 * kMillisecond;

using Change = MembershipPower::Change;

void write_nodes(ByteWriter& out, const std::vector<NodeId>& nodes) {
  out.natural(nodes.size());
  for (const NodeId node : nodes) out.natural(static_cast<std::uint64_t>(node));
}

NodeId read_node(ByteReader& in) {
  constexpr std::uint64_t kMostNodes = 1'000'000;
  const std::uint64_t node = in.natural();
  if (node > kMostNodes) in.fail();
  return static_cast<NodeId>(node);
}

std::vector<NodeId> read_nodes(ByteReader& in) {
  std::vector<NodeId> nodes;
  const std::uint64_t count = in.natural();
  if (count > in.left()) in.fail();
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) nodes.push_back(read_node(in));
  return nodes;
}

class HostedMembership final : public MembershipPower {
 public:
  explicit HostedMembership(Environment& environment) : environment_(environment) {}

  Task<std::optional<Membership>> members() override {
    const AdminRequest question;
    Result<AdminResponse> answer = co_await ask(question);
    if (!answer || answer->kind != AdminResponse::Kind::ok) co_return std::nullopt;
    co_return std::move(answer->membership);
  }

  Task<Result<void>> change(Change change, NodeId node) override {
    const AdminRequest request{change, node};
    const Result<AdminResponse> answer = co_await ask(request);
    Result<void> result;
    if (!answer) {
      result = answer.error();
    } else if (answer->kind == AdminResponse::Kind::refused) {
      result = Error{"refused"};
    }
    co_return result;
  }

 private:
  // Follows hints; at most twice as many attempts as there are nodes. It begins with another node
  // each time: not only who leads is asked, also who still believes that it does.
  Task<Result<AdminResponse>> ask(const AdminRequest& request) {
    HostingPower& hosting = *environment_.powers().hosting;
    const int size = environment_.size();
    NodeId node = first_asked_++ % size;
    bool unknown = false;
    for (int i = 0; i < 2 * size; ++i) {
      const Answer answer = co_await hosting.request(node, encode(request), kAttemptTimeout);
      NodeId next = (node + 1) % size;
      if (answer.kind == Answer::Kind::answered) {
        Result<AdminResponse> response = decode_admin_response(answer.bytes);
        if (response && response->kind != AdminResponse::Kind::not_leader) co_return response;
        if (response && response->leader && *response->leader < size && *response->leader != node)
          next = *response->leader;
      } else if (answer.kind == Answer::Kind::timeout && request.change) {
        unknown = true;
        break;
      }
      node = next;
    }
    Result<AdminResponse> none = Error{unknown ? "unknown: no answer" : "no leader found"};
    co_return none;
  }

  Environment& environment_;
  NodeId first_asked_ = 0;
};

}  // namespace

bool is_admin_request(std::string_view bytes) {
  return !bytes.empty() && static_cast<std::uint8_t>(bytes.front()) == kMark;
}

Bytes encode(const AdminRequest& request) {
  ByteWriter out;
  out.byte(kMark);
  out.natural(request.change ? static_cast<std::uint64_t>(*request.change) + 1 : 0);
  out.natural(static_cast<std::uint64_t>(request.node));
  return out.take();
}

Result<AdminRequest> decode_admin_request(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.byte() != kMark) in.fail();
  AdminRequest request;
  const std::uint64_t change = in.natural();
  if (change > static_cast<std::uint64_t>(Change::lead) + 1) in.fail();
  if (change > 0) request.change = static_cast<Change>(change - 1);
  request.node = read_node(in);
  if (!in.complete())
    return Error{fmt::format("admin request: {} bytes that are none", bytes.size())};
  return request;
}

Bytes encode(const AdminResponse& response) {
  ByteWriter out;
  out.byte(static_cast<std::uint8_t>(response.kind));
  out.natural(response.leader ? static_cast<std::uint64_t>(*response.leader) + 1 : 0);
  write_nodes(out, response.membership.voters);
  write_nodes(out, response.membership.learners);
  return out.take();
}

Result<AdminResponse> decode_admin_response(std::string_view bytes) {
  ByteReader in(bytes);
  AdminResponse response;
  const std::uint8_t kind = in.byte();
  if (kind > static_cast<std::uint8_t>(AdminResponse::Kind::refused)) in.fail();
  response.kind = static_cast<AdminResponse::Kind>(kind);
  const NodeId leader = read_node(in);
  if (leader > 0) response.leader = leader - 1;
  response.membership.voters = read_nodes(in);
  response.membership.learners = read_nodes(in);
  if (!in.complete()) {
    return Error{fmt::format("admin response: {} bytes that are none", bytes.size())};
  }
  return response;
}

std::unique_ptr<MembershipPower> make_hosted_membership(Environment& environment) {
  return std::make_unique<HostedMembership>(environment);
}

}  // namespace faultline
