#include "targets/kv/kv_client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "targets/kv/command.hpp"
#include "targets/raft/raft_target.hpp"

namespace faultline::kv {
namespace {

// A clock, an event loop and nodes that do as the test's script says: an answer takes 1 ms, a
// refusal nothing, silence as long as the client is patient.
class ScriptedEnvironment : public Environment, public Clock, public HostingPower {
 public:
  using Script = std::function<Answer(NodeId, const Command&, int attempt)>;

  ScriptedEnvironment(int size, Script script) : size_(size), script_(std::move(script)) {}

  struct Request {
    NodeId node;
    Command command;
    Time at;
  };
  std::vector<Request> requests;
  std::function<std::optional<NodeStatus>(NodeId)> statuses;
  bool hosts = true;

  int size() const override { return size_; }
  Clock& clock() override { return *this; }
  Powers powers() override {
    Powers powers;
    if (hosts) powers.hosting = this;
    return powers;
  }
  std::vector<std::string> node_log(NodeId) override { return {}; }

  Time now() const override { return now_; }
  void call_at(Time when, std::function<void()> callback) override {
    due_.emplace(std::max(when, now_), std::move(callback));
  }

  void run(Task<> main) override {
    std::exception_ptr failure;
    bool ended = false;
    asio::co_spawn(loop_, std::move(main), [&](std::exception_ptr thrown) {
      failure = std::move(thrown);
      ended = true;
    });
    for (;;) {
      loop_.restart();
      loop_.poll();
      if (ended || due_.empty()) break;
      now_ = due_.begin()->first;
      const std::function<void()> callback = std::move(due_.begin()->second);
      due_.erase(due_.begin());
      callback();
    }
    if (failure) std::rethrow_exception(failure);
    EXPECT_TRUE(ended) << "everything waits and nothing will happen";
  }

  Result<void> install(HostedProgram program) override {
    installed = program.factory(0, size_, Rng(1)) != nullptr;
    return {};
  }
  bool installed = false;

  Task<Answer> request(NodeId node, Bytes bytes, Duration timeout) override {
    const Result<Command> command = decode_command(bytes);
    EXPECT_TRUE(command.has_value());
    requests.push_back({node, *command, now_});
    Answer answer = script_(node, *command, static_cast<int>(requests.size()));
    if (answer.kind == Answer::Kind::answered) co_await sleep_until(*this, now_ + kMillisecond);
    if (answer.kind == Answer::Kind::timeout) co_await sleep_until(*this, now_ + timeout);
    co_return answer;
  }

  Task<std::optional<NodeStatus>> status(NodeId node) override { co_return statuses(node); }

 private:
  int size_;
  Script script_;
  asio::io_context loop_;
  Time now_ = 0;
  std::multimap<Time, std::function<void()>> due_;
};

Answer answered(const Response& response) {
  return {Answer::Kind::answered, encode(response)};
}
const Answer kSilence{Answer::Kind::timeout, {}};
const Answer kNobody{Answer::Kind::refused, {}};
const Response kDone{};
const Response kLeaderless{Response::Kind::no_leader, {}, 0};
Response led_by(NodeId leader) {
  return {Response::Kind::not_leader, {}, leader};
}

Task<> invoke_all(Client& client, std::vector<Op>& ops) {
  for (Op& op : ops) {
    Op done = co_await client.invoke(op);
    op = std::move(done);
  }
}

Op invoke(ScriptedEnvironment& environment, const Op& op, NodeId home = 0,
          const ClientOptions& options = {}) {
  std::vector<Op> ops{op};
  ops[0].process = 3;
  const std::unique_ptr<Client> client = make_kv_client(environment, home, 3, options);
  environment.run(invoke_all(*client, ops));
  return ops[0];
}

const Op kReadOp = invocation(f::kRead, {}, 7);
const Op kWriteOp = invocation(f::kWrite, 5, 7);
const Op kCasOp = invocation(f::kCas, Value(5, 6), 7);

TEST(KvClient, SendsWhatTheOpSaysAndCompletesIt) {
  ScriptedEnvironment environment(3, [](NodeId, const Command& command, int) {
    Response response;
    if (command.kind == Command::Kind::read) response.value = 9;
    return answered(response);
  });
  const Op read = invoke(environment, kReadOp);
  EXPECT_EQ(read.type, OpType::ok);
  EXPECT_EQ(read.value, Value(9));
  EXPECT_EQ(read.key, Value(7));
  EXPECT_EQ(read.process, 3);
  const Op write = invoke(environment, kWriteOp);
  EXPECT_EQ(write.type, OpType::ok);
  EXPECT_EQ(write.value, Value(5));
  const Op cas = invoke(environment, kCasOp);
  EXPECT_EQ(cas.type, OpType::ok);
  EXPECT_EQ(cas.value, Value(5, 6));
  using CommandKind = Command::Kind;
  EXPECT_EQ(environment.requests[0].command, (Command{3, 1, CommandKind::read, 7, 0, 0}));
  EXPECT_EQ(environment.requests[1].command, (Command{3, 1, CommandKind::write, 7, 0, 5}));
  EXPECT_EQ(environment.requests[2].command, (Command{3, 1, CommandKind::cas, 7, 5, 6}));
}

TEST(KvClient, AMissingKeyIsReadAsNothing) {
  ScriptedEnvironment environment(3, [](NodeId, const Command&, int) { return answered({}); });
  const Op read = invoke(environment, kReadOp);
  EXPECT_EQ(read.type, OpType::ok);
  EXPECT_TRUE(read.value.is_nothing());
}

TEST(KvClient, AMismatchFails) {
  ScriptedEnvironment environment(3, [](NodeId, const Command&, int) {
    return answered({Response::Kind::mismatch, {}, 0});
  });
  const Op cas = invoke(environment, kCasOp);
  EXPECT_EQ(cas.type, OpType::fail);
  EXPECT_EQ(cas.error, kMismatch);
}

TEST(KvClient, FollowsTheHintFromItsHome) {
  ScriptedEnvironment environment(
      5, [](NodeId node, const Command&, int) { return answered(node == 4 ? kDone : led_by(4)); });
  EXPECT_EQ(invoke(environment, kWriteOp, 2).type, OpType::ok);
  ASSERT_EQ(environment.requests.size(), 2U);
  EXPECT_EQ(environment.requests[0].node, 2);
  EXPECT_EQ(environment.requests[1].node, 4);
  EXPECT_EQ(environment.requests[0].command, environment.requests[1].command);
}

TEST(KvClient, WithoutALeaderItWaitsAtHome) {
  ScriptedEnvironment environment(3, [](NodeId, const Command&, int attempt) {
    return answered(attempt <= 3 ? kLeaderless : kDone);
  });
  EXPECT_EQ(invoke(environment, kWriteOp, 1).type, OpType::ok);
  ASSERT_EQ(environment.requests.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(environment.requests[i].node, 1);
    EXPECT_EQ(environment.requests[i].at, static_cast<Time>(i) * 31 * kMillisecond);
  }
}

TEST(KvClient, HintsThatGoRoundInCirclesEndAtTheDeadline) {
  ScriptedEnvironment environment(
      3, [](NodeId node, const Command&, int) { return answered(led_by(1 - node % 2)); });
  const Op write = invoke(environment, kWriteOp);
  EXPECT_EQ(write.type, OpType::fail);
  EXPECT_EQ(write.error, Symbol::of("not-leader"));
  EXPECT_EQ(environment.now(), kSecond);
  EXPECT_LT(environment.requests.size(), 150U) << "it pauses now and then";
}

TEST(KvClient, HintsThatMakeNoSenseAreNotFollowed) {
  for (const NodeId hint : {0, 17}) {
    ScriptedEnvironment environment(
        3, [hint](NodeId, const Command&, int) { return answered(led_by(hint)); });
    EXPECT_EQ(invoke(environment, kWriteOp).type, OpType::fail);
    for (const auto& request : environment.requests) EXPECT_EQ(request.node, 0);
  }
}

TEST(KvClient, UnansweredReadsFailAndUnansweredWritesAreUnknown) {
  for (const Op& op : {kReadOp, kWriteOp, kCasOp}) {
    ScriptedEnvironment environment(3, [](NodeId, const Command&, int) { return kSilence; });
    const Op done = invoke(environment, op);
    EXPECT_EQ(done.type, op.f == f::kRead ? OpType::fail : OpType::info) << to_string(done);
    EXPECT_EQ(done.error, kTimeout);
    EXPECT_EQ(done.value, op.value);
    EXPECT_EQ(environment.now(), kSecond);
    ASSERT_EQ(environment.requests.size(), 4U) << "300, 300, 300 and 100 ms";
    for (const auto& request : environment.requests) EXPECT_EQ(request.command.sequence, 1U);
    EXPECT_EQ(environment.requests[3].node, 0) << "it tries one node after the other";
  }
}

TEST(KvClient, BugTimeoutsFailSaysThatAnUnansweredWriteFailed) {
  ClientOptions options;
  options.timeouts_fail = true;
  ScriptedEnvironment environment(3, [](NodeId, const Command&, int) { return kSilence; });
  EXPECT_EQ(invoke(environment, kWriteOp, 0, options).type, OpType::fail);
}

TEST(KvClient, WritesThatNobodyTookFail) {
  for (const Answer& answer : {kNobody, answered(kLeaderless), answered(led_by(2))}) {
    ScriptedEnvironment environment(3, [&](NodeId, const Command&, int) { return answer; });
    const Op done = invoke(environment, kWriteOp);
    EXPECT_EQ(done.type, OpType::fail) << to_string(done);
    EXPECT_NE(done.error, kTimeout);
    EXPECT_EQ(environment.now(), kSecond);
  }
}

TEST(KvClient, OneUnansweredAttemptMakesAWriteUnknown) {
  for (const int silent : {1, 5}) {
    ScriptedEnvironment environment(3, [&](NodeId, const Command&, int attempt) {
      return attempt == silent ? kSilence : answered(kLeaderless);
    });
    EXPECT_EQ(invoke(environment, kWriteOp).type, OpType::info) << silent;
  }
}

TEST(KvClient, AnAnswerNobodyUnderstandsMayHideAnEffect) {
  for (const Answer& answer :
       {Answer{Answer::Kind::answered, "garbage"}, answered({Response::Kind::superseded, {}, 0})}) {
    ScriptedEnvironment environment(3, [&](NodeId, const Command&, int) { return answer; });
    EXPECT_EQ(invoke(environment, kWriteOp).type, OpType::info);
    EXPECT_EQ(environment.now(), kSecond);
    EXPECT_LT(environment.requests.size(), 200U);
  }
}

TEST(KvClient, WhatIsMalformedMayHaveHappenedOnlyIfItWasSentBefore) {
  const Response malformed{Response::Kind::malformed, {}, 0};
  for (const bool silent_first : {false, true}) {
    ScriptedEnvironment environment(3, [&](NodeId, const Command&, int attempt) {
      return silent_first && attempt == 1 ? kSilence : answered(malformed);
    });
    const Op done = invoke(environment, kWriteOp);
    EXPECT_EQ(done.type, silent_first ? OpType::info : OpType::fail);
    EXPECT_EQ(done.error.name(), "malformed");
  }
}

TEST(KvClient, RetriesAfterSilenceAndIsAnswered) {
  ScriptedEnvironment environment(
      3, [](NodeId node, const Command&, int) { return node == 1 ? answered(kDone) : kSilence; });
  EXPECT_EQ(invoke(environment, kCasOp).type, OpType::ok);
  ASSERT_EQ(environment.requests.size(), 2U);
  EXPECT_EQ(environment.requests[0].command, environment.requests[1].command);
}

TEST(KvClient, EachOpHasItsOwnSequence) {
  ScriptedEnvironment environment(3, [](NodeId, const Command&, int) { return answered({}); });
  std::vector<Op> ops{kWriteOp, kReadOp, kCasOp};
  const std::unique_ptr<Client> client = make_kv_client(environment, 0, 8);
  environment.run(invoke_all(*client, ops));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(environment.requests[i].command.sequence, i + 1);
    EXPECT_EQ(environment.requests[i].command.session, 8);
  }
}

TEST(KvClient, WhatItCannotDoFailsUnsent) {
  ScriptedEnvironment environment(3, [](NodeId, const Command&, int) { return answered({}); });
  const Symbol append = Symbol::of("append");
  for (const Op& op : {invocation(append, 1, 7), invocation(f::kWrite, {}, 7),
                       invocation(f::kCas, 1, 7), invocation(f::kRead, {}, "text")}) {
    EXPECT_EQ(invoke(environment, op).type, OpType::fail) << to_string(op);
  }
  EXPECT_TRUE(environment.requests.empty());
}

Task<> start_target(Target& target, Environment& environment, std::optional<Result<void>>& result) {
  Result<void> started = co_await target.start(environment);
  result = std::move(started);
}

TEST(RaftTarget, StartsOnceANodeLeads) {
  ScriptedEnvironment environment(3, nullptr);
  environment.statuses = [&](NodeId node) -> std::optional<NodeStatus> {
    if (node == 0) return std::nullopt;
    return NodeStatus{environment.now() > kSecond, node == 1 ? 4U : 3U};
  };
  const std::unique_ptr<Target> target = make_raft_target();
  std::optional<Result<void>> result;
  environment.run(start_target(*target, environment, result));
  EXPECT_TRUE(result->has_value());
  EXPECT_TRUE(environment.installed);
  EXPECT_GT(environment.now(), kSecond);
  std::optional<Leader> leader;
  const auto ask = [](Target& t, Environment& e, std::optional<Leader>& out) -> Task<> {
    std::optional<Leader> found = co_await t.leader(e);
    out = found;
  };
  environment.run(ask(*target, environment, leader));
  EXPECT_EQ(leader, Leader(1, 4)) << "of two claimants, the one of the higher term";
}

TEST(RaftTarget, SaysWhyItDoesNotStart) {
  ScriptedEnvironment environment(3, nullptr);
  environment.statuses = [](NodeId) { return NodeStatus{}; };
  const std::unique_ptr<Target> target = make_raft_target();
  std::optional<Result<void>> result;
  environment.run(start_target(*target, environment, result));
  ASSERT_TRUE(result->has_error());
  EXPECT_NE(result->error().message.find("no leader"), std::string::npos);
  EXPECT_GE(environment.now(), 10 * kSecond);
  environment.hosts = false;
  environment.run(start_target(*target, environment, result));
  ASSERT_TRUE(result->has_error());
  EXPECT_NE(result->error().message.find("cannot host"), std::string::npos);
}

}  // namespace
}  // namespace faultline::kv
