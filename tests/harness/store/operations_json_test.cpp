// operations.json of etcd's robustness tests: what each kind of request becomes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using List = Value::List;

// One operation as Go's encoder writes it.
std::string operation(int client, int call, int end, const std::string& input,
                      const std::string& output) {
  return fmt::format(R"({{"ClientId":{},"Input":{},"Call":{},"Output":{},"Return":{}}})"
                     "\n",
                     client, input, call, output, end);
}

std::string range(const std::string& start, const std::string& end = "", int limit = 0,
                  int revision = 0) {
  return fmt::format(
      R"({{"Type":"range","LeaseGrant":null,"LeaseRevoke":null,"Range":{{"Start":"{}","End":"{}",)"
      R"("Limit":{},"Revision":{}}},"Txn":null,"Defragment":null,"Compact":null}})",
      start, end, limit, revision);
}

std::string kv(const std::string& key, const std::string& value, int revision) {
  return fmt::format(R"({{"Key":"{}","Value":{{"Value":"{}"}},"ModRevision":{}}})", key, value,
                     revision);
}

std::string found(const std::string& kvs, int count) {
  return fmt::format(
      R"({{"Txn":null,"Range":{{"KVs":[{}],"Count":{}}},"ClientError":"","Revision":9,)"
      R"("Persisted":false,"PersistedRevision":0,"Error":""}})",
      kvs, count);
}

std::string put(const std::string& key, const std::string& value, int lease = 0) {
  return fmt::format(
      R"({{"Type":"put-operation","Range":{{"Start":"","End":"","Limit":0}},"Put":{{"Key":"{}",)"
      R"("Value":{{"Value":"{}"}},"LeaseID":{}}},"Delete":{{"Key":""}}}})",
      key, value, lease);
}

std::string removal(const std::string& key) {
  return fmt::format(R"({{"Type":"delete-operation","Delete":{{"Key":"{}"}}}})", key);
}

std::string txn(const std::string& conditions, const std::string& then,
                const std::string& otherwise = "") {
  return fmt::format(R"({{"Type":"txn","Txn":{{"Conditions":[{}],"OperationsOnSuccess":[{}],)"
                     R"("OperationsOnFailure":[{}]}}}})",
                     conditions, then, otherwise);
}

std::string at_revision(const std::string& key, int revision) {
  return fmt::format(R"({{"Key":"{}","ExpectedRevision":{},"ExpectedVersion":0}})", key, revision);
}

std::string done(const std::string& results, int revision, bool failed = false) {
  return fmt::format(R"({{"Txn":{{"Failure":{},"Results":[{}]}},"Revision":{},"Error":""}})",
                     failed, results, revision);
}

const std::string kNothing = R"({"KVs":null,"Count":0,"Deleted":0})";
const std::string kDeleted = R"({"KVs":null,"Count":0,"Deleted":1})";
const std::string kLost = R"({"Txn":null,"Range":null,"Error":"context deadline exceeded"})";
const std::string kRefused = R"({"Txn":null,"ClientError":"no such lease","Error":""})";

Op keyed(Process process, Time time, OpType type, std::string_view f, const char* key, Value value,
         Symbol error = {}) {
  Op made = op(process, type, f, std::move(value));
  made.time = time;
  made.key = Value(key);
  made.error = error;
  return made;
}

TEST(OperationsJson, ReadsPutGetAndDelete) {
  const RecordedHistory history =
      good(operation(1, 10, 20, txn("", put("a", "7")), done(kNothing, 2)) +
           operation(2, 15, 30, range("a"), found(kv("a", "7", 2), 1)) +
           operation(1, 40, 50, txn("", removal("a")), done(kDeleted, 3)) +
           operation(2, 60, 70, range("a"), found("", 0)) +
           operation(2, 80, 90, txn("", removal("a")), done(kNothing, 3)));
  EXPECT_EQ(history.format, "operations-json");
  EXPECT_FALSE(history.nil_read_unconstrained);
  EXPECT_TRUE(history.notes.empty());
  EXPECT_EQ(
      history.ops,
      (History{
          keyed(1, 10, OpType::invoke, "put", "a", "7"),
          keyed(2, 15, OpType::invoke, "get", "a", {}), keyed(1, 20, OpType::ok, "put", "a", "7"),
          keyed(2, 30, OpType::ok, "get", "a", "7"),
          keyed(1, 40, OpType::invoke, "delete", "a", {}),
          keyed(1, 50, OpType::ok, "delete", "a", {}), keyed(2, 60, OpType::invoke, "get", "a", {}),
          keyed(2, 70, OpType::ok, "get", "a", {}),
          // There was nothing to delete: that is a read.
          keyed(2, 80, OpType::invoke, "get", "a", {}), keyed(2, 90, OpType::ok, "get", "a", {})}));
  EXPECT_EQ(history.lines, (std::vector<std::uint32_t>{1, 2, 1, 2, 3, 3, 4, 4, 5, 5}));
}

TEST(OperationsJson, WhatHasNoAnswerIsUnknownAndEndsItsProcess) {
  const Symbol lost = Symbol::of("context deadline exceeded");
  const RecordedHistory history =
      good(operation(1, 10, 0, txn("", put("a", "1")), kLost) +
           operation(1, 20, 0, txn("", put("a", "2")), done(kNothing, 2)) +
           operation(1, 30, 40, txn("", put("a", "3")), "null") + R"({"ClientId":1,"Input":)" +
           txn("", put("a", "4")) + R"(,"Call":50,"Output":null,"Return":18446744073709551615})" +
           operation(1, 60, 70, txn("", put("a", "5")), done(kNothing, 3)) +
           operation(1, 80, 90, txn("", put("a", "6", 3)), kRefused));
  EXPECT_EQ(
      history.ops,
      (History{
          keyed(1, 10, OpType::invoke, "put", "a", "1"),
          keyed(2, 20, OpType::invoke, "put", "a", "2"),
          keyed(3, 30, OpType::invoke, "put", "a", "3"),
          keyed(4, 50, OpType::invoke, "put", "a", "4"),
          keyed(5, 60, OpType::invoke, "put", "a", "5"), keyed(5, 70, OpType::ok, "put", "a", "5"),
          keyed(5, 80, OpType::invoke, "put", "a", "6"),
          keyed(5, 90, OpType::fail, "put", "a", "6", Symbol::of("no such lease")),
          keyed(1, 90, OpType::info, "put", "a", "1", lost),
          keyed(2, 90, OpType::info, "put", "a", "2"), keyed(3, 90, OpType::info, "put", "a", "3"),
          keyed(4, 90, OpType::info, "put", "a", "4")}));
}

TEST(OperationsJson, AComparedRevisionIsTheValueThatItHad) {
  const std::string first = operation(1, 10, 20, txn("", put("a", "1")), done(kNothing, 5));
  const std::string cas = txn(at_revision("a", 5), put("a", "2"));
  const Value expected(List{"1", "2"});
  EXPECT_EQ(good(first + operation(1, 30, 40, cas, done(kNothing, 6))).ops.back(),
            keyed(1, 40, OpType::ok, "cas", "a", expected));
  EXPECT_EQ(good(first + operation(1, 30, 40, cas, done("", 6, true))).ops.back(),
            keyed(1, 40, OpType::fail, "cas", "a", expected, kMismatch));
  EXPECT_EQ(good(first + operation(1, 30, 0, cas, kLost)).ops.back().type, OpType::info);
  // The value was put again: that the revision is another one does not say that the value is.
  const std::string again = operation(2, 30, 40, txn("", put("a", "1")), kLost);
  EXPECT_EQ(good(first + again + operation(1, 30, 40, cas, done("", 6, true))).ops.at(4),
            keyed(1, 40, OpType::fail, "cas", "a", expected));
  // At revision 0 it is absent; a read may tell what was at a revision; a delete leaves nothing.
  EXPECT_EQ(good(operation(1, 30, 40, txn(at_revision("a", 0), put("a", "2")), done("", 6, true)))
                .ops.back(),
            keyed(1, 40, OpType::fail, "cas", "a", List{{}, "2"}, kMismatch));
  EXPECT_EQ(good(operation(1, 1, 2, range("a", "", 0, 4), found(kv("a", "9", 4), 1)) +
                 operation(1, 30, 40, txn(at_revision("a", 4), removal("a")), done(kDeleted, 6)))
                .ops.back(),
            keyed(1, 40, OpType::ok, "cas", "a", List{"9", {}}));
}

TEST(OperationsJson, AnUnknownConditionIsLeftOut) {
  const std::string cas = txn(at_revision("a", 5), put("a", "2"));
  const RecordedHistory ok = good(operation(1, 30, 40, cas, done(kNothing, 6)));
  EXPECT_EQ(ok.ops.back(), keyed(1, 40, OpType::ok, "put", "a", "2"));
  EXPECT_THAT(ok.notes,
              ElementsAre("conditions on a revision whose value is not known, left out: 1"));
  EXPECT_EQ(good(operation(1, 30, 40, cas, done("", 6, true))).ops.back(),
            keyed(1, 40, OpType::fail, "put", "a", "2"));
  // Nor is it known if the history contradicts itself, or if versions are compared.
  EXPECT_EQ(good(operation(1, 1, 2, range("a"), found(kv("a", "8", 5), 1)) +
                 operation(1, 3, 4, range("a"), found(kv("a", "9", 5), 1)) +
                 operation(1, 30, 40, cas, done(kNothing, 6)))
                .ops.back()
                .f.name(),
            "put");
  const std::string version = R"({"Key":"a","ExpectedRevision":0,"ExpectedVersion":3})";
  EXPECT_EQ(good(operation(1, 30, 40, txn(version, put("a", "2")), done(kNothing, 6)))
                .ops.back()
                .f.name(),
            "put");
}

TEST(OperationsJson, WhatIsReadWhenAConditionFailsIsARead) {
  const std::string otherwise =
      R"({"Type":"range-operation","Range":{"Start":"a","End":"","Limit":0}})";
  const RecordedHistory history = good(operation(
      1, 30, 40, txn(at_revision("a", 0), put("a", "2"), otherwise),
      done(fmt::format(R"({{"KVs":[{}],"Count":1,"Deleted":0}})", kv("a", "3", 7)), 8, true)));
  ASSERT_EQ(history.ops.size(), 4U);
  EXPECT_EQ(history.ops[2].value, Value("3"));
  EXPECT_EQ(history.ops[3].error, kMismatch);
  EXPECT_NE(history.ops[2].process, history.ops[3].process);
}

TEST(OperationsJson, AListIsAReadOfEachKeyInIt) {
  const std::string puts = operation(1, 1, 2, txn("", put("a", "1")), kLost) +
                           operation(2, 1, 2, txn("", put("b", "1")), kLost) +
                           operation(3, 1, 2, txn("", put("c", "1")), kLost) +
                           operation(4, 1, 2, txn("", put("x", "1")), kLost);
  const auto gets = [&](const std::string& line) {
    std::string text;
    for (const Op& each : good(puts + line).ops) {
      if (each.f.name() != "get" || each.type != OpType::ok) continue;
      text += each.key.text() + "=" + each.value.to_string() + " ";
    }
    return text;
  };
  const std::string b = kv("b", "1", 3);
  EXPECT_EQ(gets(operation(5, 10, 20, range("a", "d"), found(b, 1))), "a=nil b=\"1\" c=nil ");
  // Cut off by its limit, it says nothing of what is behind.
  EXPECT_EQ(gets(operation(5, 10, 20, range("a", "d", 1), found(b, 2))), "a=nil b=\"1\" ");
  EXPECT_EQ(gets(operation(5, 10, 20, range("b", "\\u0000"), found(b, 1))), "b=\"1\" c=nil x=nil ");
  EXPECT_EQ(gets(operation(5, 10, 0, range("a", "d"), kLost)), "");
}

TEST(OperationsJson, ATransactionIsAnOperationOnEachOfItsKeys) {
  const RecordedHistory history = good(operation(
      1, 10, 20,
      txn("", put("a", "1") + "," + removal("b") + "," +
                  R"({"Type":"range-operation","Range":{"Start":"a","End":"d","Limit":0}})"),
      done(fmt::format(R"({},{},{{"KVs":[{},{}],"Count":2,"Deleted":0}})", kNothing, kDeleted,
                       kv("a", "1", 2), kv("c", "5", 1)),
           2)));
  ASSERT_EQ(history.ops.size(), 6U);
  EXPECT_EQ(history.ops[3], keyed(1, 20, OpType::ok, "put", "a", "1"));
  EXPECT_EQ(history.ops[4], keyed(2, 20, OpType::ok, "delete", "b", {}));
  EXPECT_EQ(history.ops[5], keyed(3, 20, OpType::ok, "get", "c", "5"));
}

TEST(OperationsJson, WhatConcernsNoKeyIsSkippedWithANote) {
  const RecordedHistory history =
      good(operation(1, 1, 2, R"({"Type":"leaseGrant","LeaseGrant":{"LeaseID":7}})", "{}") +
           operation(1, 3, 4, R"({"Type":"compact","Compact":{"Revision":3}})", "{}") +
           operation(1, 5, 6, range("a", "", 0, 3), found("", 0)) +
           operation(1, 7, 8, txn("", put("a", "1", 7)), done(kNothing, 4)) +
           operation(1, 9, 10, R"({"Type":"leaseRevoke","LeaseRevoke":{"LeaseID":7}})", "{}"));
  ASSERT_EQ(history.ops.size(), 4U);
  EXPECT_EQ(history.ops[3].f.name(), "delete") << "the key may go with its lease";
  EXPECT_EQ(history.ops[3].type, OpType::info);
  EXPECT_THAT(history.notes,
              ElementsAre("requests that concern no key (leases, compactions), skipped: 2",
                          "reads of a revision, not of now, skipped: 1",
                          "puts with a lease, which is taken not to expire by itself: 1"));
}

TEST(OperationsJson, ALongValueIsItsHashWhereverItStands) {
  const std::string text(25, 'x');
  const RecordedHistory history =
      good(operation(1, 1, 2, txn("", put("a", text)), done(kNothing, 2)) +
           operation(1, 3, 4, range("a"),
                     found(R"({"Key":"a","Value":{"Hash":1069666919},"ModRevision":2})", 1)));
  ASSERT_EQ(history.ops.size(), 4U);
  EXPECT_EQ(history.ops[1].value, history.ops[3].value);
  EXPECT_THAT(history.ops[1].value.text(), StartsWith("a long text, hash "));
}

TEST(OperationsJson, ReadsEveryLayout) {
  const std::string one = R"({"ClientID":1,"Input":)" + range("a") + R"(,"Call":1,"Output":)" +
                          found(kv("a", "}\\\"{", 2), 1) + R"(,"Return":2})";
  EXPECT_EQ(good(one).ops.size(), 2U);
  EXPECT_EQ(good(one + one + " \n " + one).ops.size(), 6U);
  std::string spread = "\n" + one;
  spread.insert(2, "\n ");
  const RecordedHistory history = good(spread + "\n\n" + one + "\r\n");
  EXPECT_EQ(history.lines, (std::vector<std::uint32_t>{2, 5, 2, 5}));
}

TEST(OperationsJson, NamesThePlaceAndWhatIsWrong) {
  const std::string fine = operation(1, 1, 2, range("a"), found("", 0));
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"ClientId":-1,"Call":1})", "expected a ClientId from 0 to 999999999"},
      {R"({"ClientId":"x","Call":1})", "expected an integer as ClientId"},
      {R"({"ClientId":1})", "expected a Call, an integer"},
      {R"({"ClientId":1,"Call":1})", "expected an object Input"},
      {operation(1, 1, 2, "{}", "{}"), "expected a Type, a string"},
      {operation(1, 1, 2, R"({"Type":"watch"})", "{}"), "expected an Input of the Type range, txn"},
      {operation(1, 1, 2, R"({"Type":"range","Range":{"Key":"a"}})", "{}"), "expected a Start"},
      {operation(1, 5, 4, range("a"), found("", 0)), "expected a Return not before the Call"},
      {operation(1, 1, 2, txn("", put("a", "1")), done("", 2)),
       "expected as many Results as operations were carried out, 1, not 0"},
      {operation(1, 1, 2, txn("", put("a", "1") + "," + put("a", "2")), "{}"),
       "expected OperationsOnSuccess that write each key once"},
      {operation(1, 1, 2, txn("7", ""), "{}"), "expected objects in Conditions"}};
  for (const auto& [line, what] : cases) {
    EXPECT_THAT(bad(fine + line), StartsWith("h:2:1: in this operation: expected ")) << line;
    EXPECT_THAT(bad(fine + line), HasSubstr(what)) << line;
  }
  EXPECT_THAT(bad(fine + "  nonsense"), StartsWith("h:2:3: expected an operation, {\"ClientId\""));
  EXPECT_THAT(bad(fine + "{\"ClientId\":1,\"Input\":"), StartsWith("h:2:1: expected a '}' that"));
  EXPECT_THAT(bad(fine + "{\"ClientId\":1]}\n" + fine), HasSubstr("h:2:1: expected an operation, "
                                                                  "but this is not valid JSON"));
}

}  // namespace
}  // namespace faultline
