#include "targets/etcd/etcd_client.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "targets/etcd/etcd_request.hpp"
#include "tests/targets/etcd/loopback_environment.hpp"
#include "tests/targets/etcd/scripted_server.hpp"

namespace faultline::etcd {
namespace {

const Op kReadOp = invocation(f::kRead, {}, 7);
const Op kWriteOp = invocation(f::kWrite, 5, 7);
const Op kCasOp = invocation(f::kCas, Value(5, 6), 7);

const char* const kDone = R"({"header":{"revision":"4","raft_term":"2"},"succeeded":true})";

Reply error_of(int status, const std::string& message) {
  return respond(status, R"({"error":")" + message + R"(","code":14})");
}

Task<> invoke_all(Client& client, std::vector<Op>& ops) {
  for (Op& op : ops) {
    Op done = co_await client.invoke(op);
    op = std::move(done);
  }
}

// Nodes that do as their script says, and a client of them at home on the first.
class EtcdClientTest : public ::testing::Test {
 protected:
  using Script = ScriptedServer::Script;

  EtcdClientTest() {
    options.port = environment.free_port();
    options.op_timeout = 500 * kMillisecond;
    options.read_timeout = 200 * kMillisecond;
    options.connect_timeout = 200 * kMillisecond;
  }

  void serve(NodeId node, Script script) {
    servers[node] = std::make_unique<ScriptedServer>(environment.loop(), environment.address(node),
                                                     options.port, std::move(script));
  }

  std::vector<Op> invoke(std::vector<Op> ops) {
    if (!client) client = make_etcd_client(environment, 0, options);
    environment.run(invoke_all(*client, ops));
    return ops;
  }
  Op invoke(const Op& op) { return invoke(std::vector{op})[0]; }

  LoopbackEnvironment environment{3};
  ClientOptions options;
  std::unique_ptr<ScriptedServer> servers[3];
  std::unique_ptr<Client> client;
};

TEST_F(EtcdClientTest, SaysInEtcdsWordsWhatTheOpSays) {
  serve(0, [](const auto&) { return respond(200, kDone); });
  const Op create = invocation(f::kCas, Value(Value::List{Value(), Value(6)}), 7);
  const std::vector<Op> done =
      invoke({kReadOp, kWriteOp, kCasOp, create, invocation(kDelete, {}, 7), invocation(f::kRead)});
  for (const Op& op : done) EXPECT_EQ(op.type, OpType::ok) << to_string(op);
  const std::pair<std::string, std::string> expected[] = {
      {"/v3/kv/range", R"({"key":"azc="})"},
      {"/v3/kv/put", R"({"key":"azc=","value":"NQ=="})"},
      {"/v3/kv/txn",
       R"({"compare":[{"key":"azc=","target":"VALUE","result":"EQUAL","value":"NQ=="}],)"
       R"("success":[{"requestPut":{"key":"azc=","value":"Ng=="}}]})"},
      {"/v3/kv/txn",
       R"({"compare":[{"key":"azc=","target":"CREATE","result":"EQUAL","createRevision":"0"}],)"
       R"("success":[{"requestPut":{"key":"azc=","value":"Ng=="}}]})"},
      {"/v3/kv/deleterange", R"({"key":"azc="})"},
      {"/v3/kv/range", R"({"key":"aw=="})"},
  };
  ASSERT_EQ(servers[0]->requests.size(), std::size(expected));
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(servers[0]->requests[i].path, expected[i].first);
    EXPECT_EQ(servers[0]->requests[i].body, expected[i].second);
  }
  EXPECT_EQ(servers[0]->connections, 1) << "it is kept";
}

TEST_F(EtcdClientTest, ReadsAreSerializableIfAsked) {
  options.serializable = true;
  serve(0, [](const auto&) { return respond(200, kDone); });
  EXPECT_EQ(invoke(kReadOp).type, OpType::ok);
  EXPECT_EQ(servers[0]->requests[0].body, R"({"key":"azc=","serializable":true})");
}

TEST_F(EtcdClientTest, WhatIsNoOpOfARegisterFails) {
  serve(0, [](const auto&) { return respond(200, kDone); });
  for (const Op& op : {invocation(f::kWrite, {}, 7), invocation(f::kWrite, 5, "text"),
                       invocation(f::kCas, 5, 7), invocation(Symbol::of("enqueue"), 5, 7),
                       invocation(f::kCas, Value(Value::List{Value(1), Value()}), 7)}) {
    EXPECT_EQ(invoke(op), completion(op, OpType::fail, Symbol::of("unsupported")));
  }
  EXPECT_TRUE(servers[0]->requests.empty());
}

// What the server does with a request, and how the ops of it end; the other nodes are down.
struct Case {
  const char* what;
  Reply reply;
  OpType write;
  const char* error;
};

const std::string kHalf = respond(200, kDone).bytes.substr(0, 90);
const Case kCases[] = {
    {"closes without a word", {"", true}, OpType::info, "connection-lost"},
    {"closes in mid-header",
     {"HTTP/1.1 200 OK\r\nContent-Le", true},
     OpType::info,
     "connection-lost"},
    {"closes in mid-answer", {kHalf, true}, OpType::info, "connection-lost"},
    {"closes before the body's end",
     {"HTTP/1.1 200 OK\r\n\r\n{\"header\":{\"rev", true},
     OpType::info,
     "malformed"},
    {"never answers", {"", false}, OpType::info, "timeout"},
    {"stops in mid-answer", {kHalf, false}, OpType::info, "timeout"},
    {"answers too late", {respond(200, kDone).bytes, false, kSecond}, OpType::info, "timeout"},
    {"speaks no HTTP", {"220 mail.example.org ESMTP\r\n", false}, OpType::info, "connection-lost"},
    {"sends zeros", {std::string(100, '\0'), false}, OpType::info, "connection-lost"},
    {"endless header",
     {"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'), false},
     OpType::info,
     "connection-lost"},
    {"endless body",
     {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", false},
     OpType::info,
     "connection-lost"},
    {"says to go on", {"HTTP/1.1 100 Continue\r\n\r\n", false}, OpType::info, "connection-lost"},
    {"answers with nothing", respond(200, ""), OpType::info, "malformed"},
    {"answers with no JSON", respond(200, "OK"), OpType::info, "malformed"},
    {"answers without a header", respond(200, "{}"), OpType::info, "malformed"},
    {"a plain error", respond(500, "oops"), OpType::info, "http-500"},
    {"timed out", error_of(503, "etcdserver: request timed out"), OpType::info, "etcd-timeout"},
    {"its time-out", error_of(500, "context deadline exceeded"), OpType::info, "etcd-timeout"},
    {"leader changed", error_of(503, "etcdserver: leader changed"), OpType::info, "leader-changed"},
    {"no space", error_of(429, "etcdserver: mvcc: database space exceeded"), OpType::info,
     "no-space"},
    {"too large", error_of(400, "etcdserver: request is too large"), OpType::fail, "too-large"},
    {"another API", respond(404, R"({"error":"Not Found"})"), OpType::fail, "no-such-api"},
};

TEST_F(EtcdClientTest, EveryWayForARequestToEnd) {
  Reply reply;
  serve(0, [&reply](const auto&) { return reply; });
  options.op_timeout = 200 * kMillisecond;
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    reply = c.reply;
    for (const Op& op : {kWriteOp, kCasOp}) {
      servers[0]->requests.clear();
      EXPECT_EQ(invoke(op), completion(op, c.write, Symbol::of(c.error)));
      EXPECT_EQ(servers[0]->requests.size(), 1U) << "a write is sent once";
    }
    EXPECT_EQ(invoke(kReadOp).type, OpType::fail);
  }
}

const char* const kReadsOne =
    R"({"header":{"revision":"1"},"kvs":[{"key":"azc=","value":"MQ=="}]})";

TEST_F(EtcdClientTest, ALateAnswerIsNotTakenForTheNext) {
  // The first answer, of a read that saw 1, comes while the second read waits for its own.
  int asked = 0;
  serve(0, [&asked](const auto&) {
    const bool first = ++asked == 1;
    Reply reply = respond(200, first ? kReadsOne : kDone);
    reply.delay = first ? 600 * kMillisecond : 250 * kMillisecond;
    return reply;
  });
  options.read_timeout = options.op_timeout;
  const std::vector<Op> done = invoke({kReadOp, kReadOp, kReadOp});
  EXPECT_EQ(done[0], completion(kReadOp, OpType::fail, kTimeout));
  for (const int i : {1, 2}) EXPECT_EQ(done[i], completion(kReadOp, OpType::ok));
}

TEST_F(EtcdClientTest, ASlowAnswerIsWaitedFor) {
  serve(0, [](const auto&) {
    Reply reply = respond(200, kDone);
    reply.delay = 250 * kMillisecond;
    return reply;
  });
  EXPECT_EQ(invoke(kWriteOp).type, OpType::ok);
}

TEST_F(EtcdClientTest, WhatNobodyAskedForIsNotTakenForTheNextAnswer) {
  int asked = 0;
  serve(0, [&asked](const auto&) {
    Reply twice = respond(200, kDone);
    twice.bytes += respond(200, kReadsOne).bytes;
    return ++asked == 1 ? twice : respond(200, kDone);
  });
  const std::vector<Op> done = invoke({kWriteOp, kReadOp});
  EXPECT_EQ(done[0].type, OpType::ok);
  EXPECT_EQ(done[1].type, OpType::ok);
  EXPECT_TRUE(done[1].value.is_nothing());
}

TEST_F(EtcdClientTest, AConnectionThatWasClosedMeanwhileIsMadeAnew) {
  serve(0, [](const auto&) {
    Reply reply = respond(200, kDone);
    reply.close = true;  // which it does not say
    return reply;
  });
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(invoke(kWriteOp).type, OpType::ok);
    environment.run(sleep_until(environment.clock(), environment.clock().now() + kMillisecond));
  }
  EXPECT_EQ(servers[0]->connections, 5);
}

TEST_F(EtcdClientTest, ANodeThatRefusesIsPassedOver) {
  serve(2, [](const auto&) { return respond(200, kDone); });
  EXPECT_EQ(invoke(kWriteOp).type, OpType::ok);
  EXPECT_EQ(servers[2]->requests.size(), 1U);
  EXPECT_EQ(environment.sockets, 3);
}

TEST_F(EtcdClientTest, WithoutAnybodyItFailsAtTheDeadline) {
  for (const Op& op : {kReadOp, kWriteOp, kCasOp}) {
    const Time begin = environment.clock().now();
    EXPECT_EQ(invoke(op), completion(op, OpType::fail, Symbol::of("refused")));
    const Duration taken = environment.clock().now() - begin;
    EXPECT_GE(taken, options.op_timeout);
    EXPECT_LT(taken, options.op_timeout + 2 * kSecond);
  }
  EXPECT_LT(environment.sockets, 3 * 3 * 20) << "it pauses between the rounds";
}

TEST_F(EtcdClientTest, WithoutASocketItFails) {
  environment.no_sockets = true;
  EXPECT_EQ(invoke(kWriteOp), completion(kWriteOp, OpType::fail, Symbol::of("refused")));
}

TEST_F(EtcdClientTest, AfterARefusalAnotherNodeIsAsked) {
  serve(0, [](const auto&) { return error_of(503, "etcdserver: no leader"); });
  serve(1, [](const auto&) { return error_of(500, "raft proposal dropped"); });
  serve(2, [](const auto&) { return respond(200, kDone); });
  EXPECT_EQ(invoke(kWriteOp).type, OpType::ok);
  for (const auto& server : servers) EXPECT_EQ(server->requests.size(), 1U);
}

TEST_F(EtcdClientTest, AReadIsAskedAgainElsewhere) {
  serve(0, [](const auto&) { return Reply{}; });
  serve(1, [](const auto&) { return error_of(503, "etcdserver: leader changed"); });
  serve(2, [](const auto&) { return respond(200, kReadsOne); });
  const Op read = invoke(kReadOp);
  EXPECT_EQ(read.type, OpType::ok);
  EXPECT_EQ(read.value, Value(1));
}

TEST_F(EtcdClientTest, AWriteThatMayHaveBeenReceivedIsNotSentElsewhere) {
  serve(0, [](const auto&) { return Reply{"", true}; });
  serve(1, [](const auto&) { return respond(200, kDone); });
  EXPECT_EQ(invoke(kWriteOp).type, OpType::info);
  EXPECT_TRUE(servers[1]->requests.empty());
}

}  // namespace
}  // namespace faultline::etcd
