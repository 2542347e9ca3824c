// AdminRequest and AdminResponse: what an operator asks of a cluster of our own, beside what its
// clients do: who its members are, and to change them. Their binary form is told from that of a
// kv::Command by its first byte. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/core/result.hpp"
#include "harness/core/target.hpp"

namespace faultline {

struct AdminRequest {
  std::optional<MembershipPower::Change> change;  // none: only asks who the members are
  NodeId node = 0;                                // that is to be changed
  friend bool operator==(const AdminRequest&, const AdminRequest&) = default;
};

struct AdminResponse {
  enum class Kind : std::uint8_t {
    ok,          // done: decided, if it was a change
    not_leader,  // not done; `leader` leads, as far as this node knows, if it knows
    refused,     // not done: another change is under way, or it makes no sense
  };
  Kind kind = Kind::ok;
  std::optional<NodeId> leader;
  Membership membership;  // if ok
};

bool is_admin_request(std::string_view bytes);
Bytes encode(const AdminRequest& request);
Bytes encode(const AdminResponse& response);
Result<AdminRequest> decode_admin_request(std::string_view bytes);
Result<AdminResponse> decode_admin_response(std::string_view bytes);

// Membership by AdminRequests to hosted nodes: asks one node after the other until it finds the
// leader. The environment must host nodes, and outlive it.
std::unique_ptr<MembershipPower> make_hosted_membership(Environment& environment);

}  // namespace faultline
