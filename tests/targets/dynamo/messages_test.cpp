#include "targets/dynamo/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/targets/message_checks.hpp"

namespace faultline::dynamo {
namespace {

using testing::HasSubstr;

Siblings some_siblings() {
  Version a;
  a.stamp = {7, 2, 1ULL << 33U};
  a.value = -5;
  Version b;
  b.vector = {{3, 9}, {40, 1}};
  b.value = 6;
  return {a, b};
}

std::vector<Message> all_messages() {
  return {Query{1ULL << 40U, -3, 2},        QueryReply{5, 1, some_siblings()},
          Store{5, 12, 4, some_siblings()}, StoreReply{5, 0},
          Handoff{12, some_siblings()},     HandoffReply{12, UINT64_MAX},
          Digests{{{1, 2}, {-3, 4}}},       Items{true, {{1, some_siblings()}, {2, {}}}}};
}

TEST(Messages, AreReadBackAsTheyWereWritten) {
  expect_to_survive_encoding(all_messages(), decode_message);
  const Request write{7, -8, {{1, 2}}};
  const Request read{7, std::nullopt, {}};
  EXPECT_EQ(*decode_request(encode(write)), write);
  EXPECT_EQ(*decode_request(encode(read)), read);
  const Response response{Response::Kind::ok, {1, 2}, {{9, 9}}};
  EXPECT_EQ(*decode_response(encode(response)), response);
}

TEST(Messages, CutShortOrTooLongTheyAreErrors) {
  expect_errors_if_cut_or_extended(all_messages(), decode_message);
  EXPECT_TRUE(decode_message(Bytes("\x09")).has_error()) << "no such message";
  EXPECT_TRUE(decode_response(Bytes("\x03") + Bytes(2, '\0')).has_error()) << "no such kind";
  // A count that no message could hold must not make room for it.
  EXPECT_TRUE(decode_message(Bytes("\x06\xff\xff\xff\xff\x7f")).has_error());
}

TEST(Messages, GarbageIsAnErrorOrAMessage) {
  expect_to_survive_garbage(all_messages(), decode_message);
}

TEST(Messages, ADescriptionSaysWhatItIsAbout) {
  EXPECT_EQ(describe(Query{1, 3, 2}), "Query k3 for n3");
  EXPECT_THAT(describe(Store{1, 3, 0, some_siblings()}), HasSubstr("-5@7.n3 | 6{3:9,40:1} for n1"));
  EXPECT_EQ(describe(QueryReply{1, 0, {}}), "QueryReply nothing for n1");
}

}  // namespace
}  // namespace faultline::dynamo
