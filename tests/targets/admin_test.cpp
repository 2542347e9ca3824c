#include "targets/admin.hpp"

#include <gtest/gtest.h>

#include "targets/kv/command.hpp"

namespace faultline {
namespace {

using Change = MembershipPower::Change;

TEST(Admin, RequestsAreReadAsWritten) {
  for (const AdminRequest& request :
       {AdminRequest{}, AdminRequest{Change::add_voter, 3}, AdminRequest{Change::lead, 0}}) {
    const Bytes bytes = encode(request);
    EXPECT_TRUE(is_admin_request(bytes));
    ASSERT_TRUE(decode_admin_request(bytes).has_value());
    EXPECT_EQ(*decode_admin_request(bytes), request);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
      EXPECT_TRUE(decode_admin_request(bytes.substr(0, cut)).has_error());
    }
  }
}

TEST(Admin, RequestsAreNoCommands) {
  EXPECT_FALSE(is_admin_request(""));
  for (const auto kind :
       {kv::Command::Kind::read, kv::Command::Kind::write, kv::Command::Kind::cas}) {
    EXPECT_FALSE(is_admin_request(encode(kv::Command{1, 1, kind, 2, 3, 4})));
  }
  EXPECT_TRUE(kv::decode_command(encode(AdminRequest{})).has_error());
}

TEST(Admin, ResponsesAreReadAsWritten) {
  const AdminResponse response{AdminResponse::Kind::ok, 2, {{0, 1, 2}, {3}}};
  const auto read = decode_admin_response(encode(response));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->leader, 2);
  EXPECT_EQ(read->membership.voters, response.membership.voters);
  EXPECT_EQ(read->membership.learners, response.membership.learners);
  EXPECT_TRUE(decode_admin_response("nonsense").has_error());
}

}  // namespace
}  // namespace faultline
