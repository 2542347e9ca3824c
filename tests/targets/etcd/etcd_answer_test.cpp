#include "targets/etcd/etcd_answer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "targets/etcd/etcd_request.hpp"

namespace faultline::etcd {
namespace {

using Kind = HttpAnswer::Kind;

const Op kReadOp = invocation(f::kRead, {}, 7);
const Op kWriteOp = invocation(f::kWrite, 5, 7);
const Op kCasOp = invocation(f::kCas, Value(5, 6), 7);
const Op kDeleteOp = invocation(kDelete, {}, 7);
const Op kWriters[] = {kWriteOp, kCasOp, kDeleteOp};

HttpAnswer answered(int status, std::string body) {
  return {Kind::answered, status, std::move(body)};
}

HttpAnswer error_of(int status, const std::string& message) {
  return answered(status, fmt::format(R"({{"error":"{0}","message":"{0}","code":2}})", message));
}

// The answers below, with what etcd says at their beginning.
HttpAnswer success(const std::string& rest) {
  return answered(200, R"({"header":{"cluster_id":"1","revision":"4","raft_term":"2"})" + rest);
}

TEST(EtcdAnswer, SuccessIsOk) {
  EXPECT_EQ(judge(kWriteOp, success("}")).completion, completion(kWriteOp, OpType::ok));
  EXPECT_EQ(judge(kDeleteOp, success("}")).completion, completion(kDeleteOp, OpType::ok));
  EXPECT_EQ(judge(kDeleteOp, success(R"(,"deleted":"1"})")).completion.type, OpType::ok);
  EXPECT_EQ(judge(kCasOp, success(R"(,"succeeded":true})")).completion,
            completion(kCasOp, OpType::ok));
}

TEST(EtcdAnswer, ACasThatDidNotSucceedIsAMismatch) {
  for (const char* rest : {"}", R"(,"succeeded":false})", R"(,"responses":[]})"}) {
    const Judgement judgement = judge(kCasOp, success(rest));
    EXPECT_EQ(judgement.completion, completion(kCasOp, OpType::fail, kMismatch)) << rest;
    EXPECT_FALSE(judgement.ask_again);
  }
}

TEST(EtcdAnswer, AReadReturnsTheValueOrNothing) {
  // k7 is azc=, 42 is NDI=, -3 is LTM=.
  const auto read = [](const std::string& rest) {
    return judge(kReadOp, success(rest)).completion;
  };
  Op expected = completion(kReadOp, OpType::ok);
  EXPECT_EQ(read("}"), expected);
  expected.value = 42;
  EXPECT_EQ(read(R"(,"kvs":[{"key":"azc=","version":"1","value":"NDI="}],"count":"1"})"), expected);
  expected.value = -3;
  EXPECT_EQ(read(R"(,"kvs":[{"key":"azc=","value":"LTM="}],"count":"1"})"), expected);
}

TEST(EtcdAnswer, AReadThatMakesNoSenseFails) {
  for (const char* rest : {
           R"(,"kvs":[{"key":"azc=","value":"NDI="},{"key":"azc=","value":"NDI="}],"count":"2"})",
           R"(,"kvs":[{"key":"azg=","value":"NDI="}],"count":"1"})",  // another key
           R"(,"kvs":[{"key":"azc="}],"count":"1"})",                 // no value
           R"(,"kvs":[{"key":"azc=","value":"NDI"}],"count":"1"})",   // no base64
           R"(,"kvs":[{"key":"azc=","value":"Zm9v"}],"count":"1"})",  // no number
           R"(,"kvs":[{"key":"azc=","value":42}],"count":"1"})", R"(,"kvs":[7],"count":"1"})",
           R"(,"kvs":[],"count":"1"})", R"(,"kvs":{},"count":"1"})",
           R"(,"count":"1"})",  // one key, and it is left out
       }) {
    const Judgement judgement = judge(kReadOp, success(rest));
    EXPECT_EQ(judgement.completion.type, OpType::fail) << rest;
    EXPECT_EQ(judgement.completion.error, Symbol::of("malformed")) << rest;
  }
}

TEST(EtcdAnswer, WhatIsNoAnswerOfEtcdIsUnknown) {
  for (const char* body : {"", "{}", "[]", "null", "OK", R"({"header":{}})", R"({"header":7})",
                           R"({"header":{"revision":"4"},"succee)", R"({"succeeded":true})"}) {
    for (const Op& op : kWriters) {
      EXPECT_EQ(judge(op, answered(200, body)).completion.type, OpType::info) << body;
    }
    EXPECT_EQ(judge(kReadOp, answered(200, body)).completion.type, OpType::fail) << body;
  }
  EXPECT_EQ(judge(kCasOp, success(R"(,"succeeded":"yes"})")).completion.type, OpType::info);
}

struct Expected {
  int status;
  const char* message;
  OpType type;  // of a write
  const char* error;
  bool ask_again = false;
};

// Every error that etcd 3.4 to 3.6 gives to the requests of this client, and some of others.
constexpr OpType kFail = OpType::fail;
constexpr OpType kInfo = OpType::info;
const Expected kErrors[] = {
    {503, "etcdserver: not capable", kFail, "not-capable", true},
    {503, "etcdserver: rpc not supported for learner", kFail, "learner", true},
    {503, "etcdserver: no leader", kFail, "no-leader", true},
    {500, "etcdserver: too many requests", kFail, "too-many-requests", true},
    {500, "raft proposal dropped", kFail, "proposal-dropped", true},
    {400, "etcdserver: request is too large", kFail, "too-large"},
    {400, "etcdserver: key is not provided", kFail, "bad-request"},
    {400, "etcdserver: key not found", kFail, "bad-request"},
    {400, "etcdserver: value is provided", kFail, "bad-request"},
    {400, "etcdserver: lease is provided", kFail, "bad-request"},
    {400, "etcdserver: too many operations in txn request", kFail, "bad-request"},
    {400, "etcdserver: duplicate key given in txn request", kFail, "bad-request"},
    {403, "etcdserver: permission denied", kFail, "permission-denied"},
    {400, "etcdserver: user name is empty", kFail, "permission-denied"},
    {401, "etcdserver: invalid auth token", kFail, "permission-denied"},
    {400, "etcdserver: revision of auth store is old", kFail, "permission-denied"},
    {404, "Not Found", kFail, "no-such-api"},
    {405, "Method Not Allowed", kFail, "no-such-api"},
    {421, "etcd received your request, but the Host header was unrecognized.", kFail,
     "no-such-api"},
    {503, "etcdserver: request timed out", kInfo, "etcd-timeout"},
    {503, "etcdserver: request timed out, possibly due to previous leader failure", kInfo,
     "etcd-timeout"},
    {503, "etcdserver: request timed out, possibly due to connection lost", kInfo, "etcd-timeout"},
    {503, "etcdserver: request timed out, waiting for the applied index took too long", kInfo,
     "etcd-timeout"},
    {500, "context deadline exceeded", kInfo, "etcd-timeout"},
    {504, "context deadline exceeded", kInfo, "etcd-timeout"},
    {408, "context canceled", kInfo, "etcd-cancelled"},
    {500, "etcdserver: request cancelled", kInfo, "etcd-cancelled"},
    {503, "etcdserver: leader changed", kInfo, "leader-changed"},
    {400, "etcdserver: not leader", kInfo, "not-leader"},
    {503, "etcdserver: server stopped", kInfo, "stopped"},
    {500, "raft: stopped", kInfo, "stopped"},
    {503, "transport is closing", kInfo, "stopped"},
    {503, "etcdserver: unhealthy cluster", kInfo, "unhealthy"},
    {429, "etcdserver: mvcc: database space exceeded", kInfo, "no-space"},
    {500, "etcdserver: corrupt cluster", kInfo, "corrupt"},
    {503, "etcdserver: something new", kInfo, "http-503"},
    {503, "etcdserver: no leader, or perhaps one", kInfo, "http-503"},
    {500, "", kInfo, "http-500"},
    {400, "invalid character 'x'", kInfo, "http-400"},
    {204, "", kInfo, "http-204"},
    {301, "", kInfo, "http-301"},
};

TEST(EtcdAnswer, EveryError) {
  for (const Expected& expected : kErrors) {
    SCOPED_TRACE(fmt::format("{} {}", expected.status, expected.message));
    const HttpAnswer answer = error_of(expected.status, expected.message);
    const Symbol error = Symbol::of(expected.error);
    for (const Op& op : kWriters) {
      const Judgement judgement = judge(op, answer);
      EXPECT_EQ(judgement.completion, completion(op, expected.type, error));
      EXPECT_EQ(judgement.ask_again, expected.ask_again);
    }
    const Judgement read = judge(kReadOp, answer);
    EXPECT_EQ(read.completion, completion(kReadOp, OpType::fail, error));
    EXPECT_EQ(read.ask_again, expected.ask_again || expected.type == OpType::info);
  }
}

TEST(EtcdAnswer, TheMessageAloneAsInEtcd36) {
  const HttpAnswer answer = answered(503, R"({"code":14,"message":"etcdserver: no leader"})");
  EXPECT_EQ(judge(kWriteOp, answer).completion.error, Symbol::of("no-leader"));
}

TEST(EtcdAnswer, AnErrorThatIsNoJsonIsUnknown) {
  for (const char* body : {"", "etcdserver: no leader", "[]", R"({"error":7})", "<html>"}) {
    EXPECT_EQ(judge(kWriteOp, answered(503, body)).completion,
              completion(kWriteOp, OpType::info, Symbol::of("http-503")));
  }
}

TEST(EtcdAnswer, NoAnswer) {
  for (const Op& op : kWriters) {
    EXPECT_EQ(judge(op, {Kind::refused, 0, ""}).completion,
              completion(op, OpType::fail, Symbol::of("refused")));
    EXPECT_TRUE(judge(op, {Kind::refused, 0, ""}).ask_again);
    EXPECT_EQ(judge(op, {Kind::lost, 0, ""}).completion,
              completion(op, OpType::info, Symbol::of("connection-lost")));
    EXPECT_EQ(judge(op, {Kind::timed_out, 0, ""}).completion,
              completion(op, OpType::info, kTimeout));
    // What may have been received is never sent again: it would be carried out twice.
    EXPECT_FALSE(judge(op, {Kind::lost, 0, ""}).ask_again);
    EXPECT_FALSE(judge(op, {Kind::timed_out, 0, ""}).ask_again);
  }
  for (const Kind kind : {Kind::refused, Kind::lost, Kind::timed_out}) {
    EXPECT_EQ(judge(kReadOp, {kind, 0, ""}).completion.type, OpType::fail);
    EXPECT_TRUE(judge(kReadOp, {kind, 0, ""}).ask_again);
  }
}

}  // namespace
}  // namespace faultline::etcd
