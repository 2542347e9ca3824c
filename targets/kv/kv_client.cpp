#include "targets/kv/kv_client.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "targets/kv/command.hpp"

namespace faultline::kv {
namespace {

const Symbol kRefused = Symbol::of("refused");
const Symbol kNoLeader = Symbol::of("no-leader");
const Symbol kNotLeader = Symbol::of("not-leader");
const Symbol kMalformed = Symbol::of("malformed");
const Symbol kUnsupported = Symbol::of("unsupported");

// What the client knows of an op while it tries to have it carried out.
struct Attempts {
  NodeId node = 0;  // to be asked next
  Time deadline = 0;
  int since_pause = 0;  // nodes asked since the last pause
  bool pause = false;   // there is no point in asking on at once
  bool may_have_happened = false;
  Symbol reason = kTimeout;  // why the latest attempt got nowhere
};

// Nothing if this client cannot carry out such an op.
std::optional<Command> command_of(const Op& op) {
  if (!op.key.is_integer() && !op.key.is_nothing()) return std::nullopt;
  Command command;
  command.key = op.key.is_integer() ? op.key.integer() : 0;
  if (op.f == f::kRead) {
    command.kind = Command::Kind::read;
  } else if (op.f == f::kWrite && op.value.is_integer()) {
    command.kind = Command::Kind::write;
    command.value = op.value.integer();
  } else if (op.f == f::kCas && op.value.is_pair()) {
    command.kind = Command::Kind::cas;
    command.expected = op.value.pair().first;
    command.value = op.value.pair().second;
  } else {
    return std::nullopt;
  }
  return command;
}

class KvClient : public Client {
 public:
  KvClient(Environment& environment, NodeId home, Process process, const ClientOptions& options)
      : environment_(environment), home_(home), process_(process), options_(options) {
    assert(environment.powers().hosting != nullptr);
  }

  Task<Op> invoke(Op op) override {
    std::optional<Command> command = command_of(op);
    if (!command) co_return completion(op, OpType::fail, kUnsupported);
    command->session = process_;
    command->sequence = ++sequence_;
    const Bytes request = encode(*command);

    Clock& clock = environment_.clock();
    HostingPower& hosting = *environment_.powers().hosting;
    Attempts attempts{home_, clock.now() + options_.op_timeout};
    while (clock.now() < attempts.deadline) {
      const Duration patience = std::min(options_.attempt_timeout, attempts.deadline - clock.now());
      const Answer answer = co_await hosting.request(attempts.node, request, patience);
      const std::optional<Response> response = learn(answer, attempts);
      if (response && response->kind != Response::Kind::malformed)
        co_return completed(op, *response);
      if (response) {
        co_return completion(op, attempts.may_have_happened ? OpType::info : OpType::fail,
                             kMalformed);
      }
      if (attempts.pause || ++attempts.since_pause > environment_.size()) {
        const Time wake = clock.now() + options_.retry_interval;
        co_await sleep_until(clock, std::min(wake, attempts.deadline));
        attempts.node = home_;
        attempts.since_pause = 0;
        attempts.pause = false;
      }
    }
    const bool unknown = attempts.may_have_happened && op.f != f::kRead && !options_.timeouts_fail;
    const Symbol error = attempts.may_have_happened ? kTimeout : attempts.reason;
    co_return completion(op, unknown ? OpType::info : OpType::fail, error);
  }

 private:
  // The response, if it settles the op; otherwise notes what the attempt shows and where to go on.
  std::optional<Response> learn(const Answer& answer, Attempts& attempts) const {
    const NodeId asked = std::exchange(attempts.node, (attempts.node + 1) % environment_.size());
    if (answer.kind == Answer::Kind::refused) {
      attempts.reason = kRefused;
      return std::nullopt;
    }
    if (answer.kind == Answer::Kind::answered) {
      const Result<Response> response = decode_response(answer.bytes);
      if (response && response->kind == Response::Kind::no_leader) {
        attempts.reason = kNoLeader;
        attempts.pause = true;
        return std::nullopt;
      }
      if (response && response->kind == Response::Kind::not_leader) {
        attempts.reason = kNotLeader;
        attempts.pause = response->leader == asked || response->leader >= environment_.size();
        attempts.node = response->leader;
        return std::nullopt;
      }
      if (response && response->kind != Response::Kind::superseded) return *response;
    }
    attempts.reason = kTimeout;
    attempts.may_have_happened = true;
    return std::nullopt;
  }

  static Op completed(const Op& op, const Response& response) {
    if (response.kind == Response::Kind::mismatch) return completion(op, OpType::fail, kMismatch);
    Op done = completion(op, OpType::ok);
    if (op.f == f::kRead) done.value = response.value ? Value(*response.value) : Value();
    return done;
  }

  Environment& environment_;
  const NodeId home_;
  const Process process_;
  const ClientOptions options_;
  std::uint64_t sequence_ = 0;
};

}  // namespace

std::unique_ptr<Client> make_kv_client(Environment& environment, NodeId home, Process process,
                                       const ClientOptions& options) {
  return std::make_unique<KvClient>(environment, home, process, options);
}

}  // namespace faultline::kv
