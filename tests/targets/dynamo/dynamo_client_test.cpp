// The client, against nodes that do as the test says, in the simulator.
#include "targets/dynamo/dynamo_client.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "harness/environments/sim/sim_environment.hpp"
#include "targets/dynamo/dynamo_target.hpp"
#include "targets/dynamo/messages.hpp"

namespace faultline::dynamo {
namespace {

// What is answered; nothing: silence.
using Script = std::function<std::optional<Response>(NodeId, const Request&)>;

class ScriptedNode : public Node {
 public:
  ScriptedNode(NodeId id, Script script) : id_(id), script_(std::move(script)) {}
  void start(std::span<const Bytes>, Time, Effects&) override {}
  void receive(NodeId, std::string_view, Time, Effects&) override {}
  void request(RequestId id, std::string_view bytes, Time, Effects& out) override {
    const auto request = decode_request(bytes);
    ASSERT_TRUE(request.has_value());
    if (const auto response = script_(id_, *request)) out.reply(id, encode(*response));
  }
  void tick(Time, Effects&) override {}
  NodeStatus status() const override { return {}; }

 private:
  const NodeId id_;
  const Script script_;
};

struct Asked {
  NodeId node;
  Request request;
};

// The completions of these ops by one client whose home is n1, and who was asked.
struct Session {
  std::vector<Op> done;
  std::vector<Asked> asked;
  Time ended = 0;
};

Task<> invoke_all(Client& client, const std::vector<Op>& ops, Session& session) {
  for (const Op& op : ops) {
    Op done = co_await client.invoke(op);
    session.done.push_back(std::move(done));
  }
}

Session carry_out(const std::vector<Op>& ops, const Script& script,
                  const std::vector<NodeId>& dead = {}) {
  sim::SimEnvironment environment(3, {}, Rng(1));
  Session session;
  HostedProgram program;
  program.factory = [&](NodeId id, int, Rng) {
    return std::make_unique<ScriptedNode>(id, [&](NodeId node, const Request& request) {
      session.asked.push_back({node, request});
      return script(node, request);
    });
  };
  EXPECT_TRUE(environment.powers().hosting->install(std::move(program)).has_value());
  for (const NodeId node : dead) environment.powers().processes->kill(node);
  const auto client = make_dynamo_client(environment, 0, 7);
  environment.run(invoke_all(*client, ops, session));
  session.ended = environment.clock().now();
  return session;
}

const Op kWriteFive = invocation(f::kWrite, 5, 1);
const Op kReadOne = invocation(f::kRead, {}, 1);

TEST(DynamoClient, ReturnsNothingAValueOrSiblings) {
  std::vector<std::vector<std::int64_t>> values{{}, {4}, {4, 5}, {1, 2, 3}};
  std::size_t next = 0;
  const Session session =
      carry_out({kReadOne, kReadOne, kReadOne, kReadOne}, [&](NodeId, const Request&) {
        return Response{Response::Kind::ok, values[next++], {}};
      });
  EXPECT_EQ(session.done[0].value, Value());
  EXPECT_EQ(session.done[1].value, Value(4));
  EXPECT_EQ(session.done[2].value, Value(4, 5));
  EXPECT_EQ(session.done[3].value, (Value::List{1, 2, 3}));
  for (const Op& op : session.done) EXPECT_EQ(op.type, OpType::ok);
}

TEST(DynamoClient, AWriteThatMayHaveBeenReceivedIsNotSentAgain) {
  const Session session =
      carry_out({kWriteFive}, [](NodeId, const Request&) { return std::nullopt; });
  EXPECT_EQ(session.done[0].type, OpType::info);
  EXPECT_EQ(session.asked.size(), 1U);
}

TEST(DynamoClient, AReadGoesOnToTheNextNodeAndFailsInTheEnd) {
  const auto silent = [](NodeId, const Request&) { return std::nullopt; };
  const Session session = carry_out({kReadOne}, silent);
  EXPECT_EQ(session.done[0].type, OpType::fail);
  EXPECT_GE(session.asked.size(), 3U);
  const Session answered =
      carry_out({kReadOne}, [](NodeId node, const Request&) -> std::optional<Response> {
        if (node == 0) return std::nullopt;
        return Response{Response::Kind::ok, {9}, {}};
      });
  EXPECT_EQ(answered.done[0].value, Value(9));
}

TEST(DynamoClient, WhatIsCertainlyNotDoneFails) {
  const auto yes = [](NodeId, const Request&) { return Response{}; };
  EXPECT_EQ(carry_out({kWriteFive}, yes, {0, 1, 2}).done[0].type, OpType::fail) << "refused";
  const Session others = carry_out({kWriteFive}, yes, {0});
  EXPECT_EQ(others.done[0].type, OpType::ok);
  EXPECT_EQ(others.asked.front().node, 1);
  const Session told = carry_out({kWriteFive}, [](NodeId, const Request&) {
    return Response{Response::Kind::unavailable, {}, {}};
  });
  EXPECT_EQ(told.done[0].type, OpType::fail);
  EXPECT_EQ(told.asked.size(), 1U);
  const Op cas = invocation(f::kCas, Value(1, 2), 1);
  EXPECT_EQ(carry_out({cas}, yes).done[0].type, OpType::fail);
  EXPECT_TRUE(carry_out({cas}, yes).asked.empty());
}

TEST(DynamoClient, AWriteCarriesWhatItsProcessHasSeenOfTheKey) {
  const auto script = [](NodeId, const Request& request) {
    if (request.write) return Response{};
    return Response{Response::Kind::ok, {1}, {{40, 2}}};
  };
  const Op other_key = invocation(f::kWrite, 1, 2);
  const Session session = carry_out({kWriteFive, kReadOne, other_key, kWriteFive}, script);
  EXPECT_EQ(session.asked[0].request.context, (VersionVector{{7, 1}}));
  EXPECT_EQ(session.asked[2].request.context, (VersionVector{{7, 2}}));
  EXPECT_EQ(session.asked[3].request.context, (VersionVector{{7, 3}, {40, 2}}));
}

Task<> start_into(Target& target, Environment& environment, std::optional<Result<void>>& into) {
  Result<void> started = co_await target.start(environment);
  into = std::move(started);
}

TEST(DynamoTarget, NeedsAsManyNodesAsReplicas) {
  for (const auto& [size, starts] : {std::pair(3, true), {2, false}}) {
    sim::SimEnvironment environment(size, {}, Rng(1));
    const auto target = make_dynamo_target();
    std::optional<Result<void>> started;
    environment.run(start_into(*target, environment, started));
    ASSERT_TRUE(started.has_value());
    EXPECT_EQ(started->has_value(), starts);
    if (!starts) {
      EXPECT_NE(started->error().message.find("there are 2"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace faultline::dynamo
