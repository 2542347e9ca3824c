#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

Op with_error(Op op, Symbol error) {
  op.error = error;
  return op;
}

TEST(EtcdLog, ReadsTheGrammar) {
  const RecordedHistory history = good(
      "INFO  jepsen.util - 0\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 1   :invoke :cas    [1 0]\r\n"
      "INFO\tjepsen.util\t-\t2 :invoke :write -4\n"
      "INFO  jepsen.util - 0\t:ok\t:read\tnil\n"
      "INFO  jepsen.util - 1   :fail   :cas    [1 0]\n"
      "INFO  jepsen.util - 2   :info   :write  :timed-out\n"
      "INFO  jepsen.util - 0   :invoke :read   nil\n"
      "INFO  jepsen.util - 0   :fail   :read   :timed-out\n"
      "INFO  jepsen.util - 3   :invoke :cas    [2 3]\n"
      "INFO  jepsen.util - 3   :fail   :cas    :timed-out");
  EXPECT_EQ(history.format, "etcd-log");
  EXPECT_FALSE(history.nil_read_unconstrained);
  EXPECT_TRUE(history.notes.empty());
  EXPECT_EQ(
      history.ops,
      (History{op(0, OpType::invoke, "read"), op(1, OpType::invoke, "cas", Value(1, 0)),
               op(2, OpType::invoke, "write", -4), op(0, OpType::ok, "read"),
               with_error(op(1, OpType::fail, "cas", Value(1, 0)), kMismatch),
               with_error(op(2, OpType::info, "write", -4), kTimeout),
               op(0, OpType::invoke, "read"), with_error(op(0, OpType::fail, "read"), kTimeout),
               op(3, OpType::invoke, "cas", Value(2, 3)),
               with_error(op(3, OpType::fail, "cas", Value(2, 3)), kTimeout)}));
}

TEST(EtcdLog, ReadsTheNemesisAndOtherErrors) {
  const RecordedHistory history = good(
      "INFO  jepsen.util - :nemesis :info :start nil\n"
      "INFO  jepsen.util - :nemesis :info :start \"Cut off {:n1 #{:n2}}\"\n"
      "INFO  jepsen.util - :nemesis :info :stop Cut off {:n1\n"
      "INFO  jepsen.util - 4 :invoke :write 1\n"
      "INFO  jepsen.util - 4 :info :write :connection-lost\n"
      "INFO  jepsen.util - 5 :invoke :cas [1 2]\n"
      "INFO  jepsen.util - 5 :fail :cas [1 2] :timed-out\n");
  ASSERT_EQ(history.ops.size(), 7U);
  EXPECT_EQ(history.ops[0], op(kNemesis, OpType::info, "start"));
  EXPECT_EQ(history.ops[1].value, Value("Cut off {:n1 #{:n2}}"));
  EXPECT_EQ(history.ops[2].value, Value("Cut off {:n1"));
  EXPECT_EQ(history.ops[4].error.name(), "connection-lost");
  EXPECT_EQ(history.ops[4].value, Value(1));
  EXPECT_EQ(history.ops[6].error, kTimeout);
}

TEST(EtcdLog, CountsTheLinesItSkips) {
  const RecordedHistory history = good(
      "\n[main] starting {\nWARN  jepsen.util - 0 :invoke :read nil\n"
      "INFO  jepsen.core - hello\nINFO  jepsen.util - Everything looks good!\n"
      "INFO  jepsen.util - 0 :invoke :read nil\nINFO jepsen.util -\n"
      "INFO  jepsen.util - 0 :done :read nil\nINFO  jepsen.util - 0 :ok read nil\n"
      "xINFO  jepsen.util - 0 :ok :read nil\n");
  EXPECT_EQ(history.ops.size(), 1U);
  EXPECT_THAT(history.notes, ElementsAre("lines that are no ops, skipped: 8, the first is line 2"));
}

TEST(EtcdLog, AnOpItCannotReadIsAnError) {
  const std::string first = "INFO  jepsen.util - 0 :invoke :read nil\n";
  EXPECT_THAT(bad(first + "INFO  jepsen.util - 0 :ok :read [1 2\n"),
              StartsWith("h:2:33: expected a ']' that closes this '['"));
  EXPECT_THAT(bad(first + "INFO  jepsen.util - 0 :ok :read\n" + first),
              StartsWith("h:2:32: expected the value of the op, found the end of the line"));
  EXPECT_THAT(bad(first + "INFO  jepsen.util - 99999999999 :ok :read 1"),
              StartsWith("h:2:21: expected a process from 0 to 2147483647"));
}

TEST(HistoryTxt, ReadsWhatJepsenPrints) {
  const RecordedHistory history = good(
      "0\t:invoke\t:cas\t[1 2]\n"
      ":nemesis\t:info\t:start-partition\t:majority\n"
      "0\t:info\t:cas\t[1 2]\t:timeout\n"
      "1\t:fail\t:write\t3\t[:unavailable \"no leader\"]\r\n"
      "2\t:info\t:write\t4\tjava.net.SocketException: Broken pipe\n"
      "\tat java.net.Foo\n"
      "3\t:ok\t:read\tnil\n");
  EXPECT_EQ(history.format, "history-txt");
  EXPECT_TRUE(history.nil_read_unconstrained);
  EXPECT_EQ(history.ops, (History{op(0, OpType::invoke, "cas", Value(1, 2)),
                                  op(kNemesis, OpType::info, "start-partition", "majority"),
                                  with_error(op(0, OpType::info, "cas", Value(1, 2)), kTimeout),
                                  with_error(op(1, OpType::fail, "write", 3),
                                             Symbol::of("[:unavailable \"no leader\"]")),
                                  with_error(op(2, OpType::info, "write", 4),
                                             Symbol::of("java.net.SocketException: Broken pipe")),
                                  op(3, OpType::ok, "read")}));
  EXPECT_THAT(history.notes, ElementsAre("lines that continue the error of an op, skipped: 1"));
}

TEST(HistoryTxt, NamesABadLine) {
  EXPECT_THAT(bad("0\t:invoke\t:read\tnil\nnonsense\n"), StartsWith("h:2:1: expected an op:"));
  EXPECT_THAT(bad("0\t:invoke\t:read\tnil\n0\t:ok\t:read\t\n"),
              StartsWith("h:2:13: expected the value of the op, found the end of the line"));
  EXPECT_THAT(bad("0\t:invoke\t:read\t(\n"),
              StartsWith("h:1:17: expected a ')' that closes this '('"));
}

}  // namespace
}  // namespace faultline
