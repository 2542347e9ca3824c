#include "targets/dynamo/dynamo_client.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>

#include "targets/dynamo/messages.hpp"

namespace faultline::dynamo {
namespace {

const Symbol kRefused = Symbol::of("refused");
const Symbol kUnavailable = Symbol::of("unavailable");
const Symbol kMalformed = Symbol::of("malformed");
const Symbol kUnsupported = Symbol::of("unsupported");

Value value_of(const std::vector<std::int64_t>& values) {
  if (values.empty()) return {};
  if (values.size() == 1) return values.front();
  return Value::List(values.begin(), values.end());
}

class DynamoClient : public Client {
 public:
  DynamoClient(Environment& environment, NodeId home, Process process, const ClientOptions& options)
      : environment_(environment), home_(home), process_(process), options_(options) {
    assert(environment.powers().hosting != nullptr);
  }

  Task<Op> invoke(Op op) override {
    const std::optional<Request> request = request_of(op);
    if (!request) co_return completion(op, OpType::fail, kUnsupported);
    const Bytes bytes = encode(*request);
    Clock& clock = environment_.clock();
    HostingPower& hosting = *environment_.powers().hosting;
    const Time deadline = clock.now() + options_.op_timeout;
    Symbol reason = kTimeout;
    NodeId node = home_;
    for (int refused = 0; clock.now() < deadline;) {
      const Duration left = deadline - clock.now();
      const Duration patience = request->write ? left : std::min(options_.read_timeout, left);
      const Answer answer = co_await hosting.request(node, bytes, patience);
      node = (node + 1) % environment_.size();
      if (answer.kind == Answer::Kind::refused) {
        reason = kRefused;
        if (++refused % environment_.size() != 0) continue;
        const Time wake = clock.now() + options_.retry_interval;
        co_await sleep_until(clock, std::min(wake, deadline));
        continue;
      }
      const std::optional<Op> done = completed(op, *request, answer);
      if (done) co_return *done;
      reason = kTimeout;
    }
    co_return completion(op, OpType::fail, reason);
  }

 private:
  // Nothing if this client cannot carry out such an op.
  std::optional<Request> request_of(const Op& op) {
    if (!op.key.is_integer() && !op.key.is_nothing()) return std::nullopt;
    Request request;
    request.key = op.key.is_integer() ? op.key.integer() : 0;
    if (op.f == f::kRead) return request;
    if (op.f != f::kWrite || !op.value.is_integer()) return std::nullopt;
    request.write = op.value.integer();
    request.context = seen_[request.key];
    request.context[process_] = ++writes_;
    return request;
  }

  // The completion, if the answer, or its absence, settles the op.
  std::optional<Op> completed(const Op& op, const Request& request, const Answer& answer) {
    const bool answered = answer.kind == Answer::Kind::answered;
    const Result<Response> response =
        answered ? decode_response(answer.bytes) : Result<Response>(Error{"no answer"});
    if (!response) {
      if (!request.write) return std::nullopt;
      return completion(op, OpType::info, kTimeout);
    }
    if (response->kind == Response::Kind::malformed) {
      return completion(op, OpType::fail, kMalformed);
    }
    if (response->kind == Response::Kind::unavailable) {
      return completion(op, OpType::fail, kUnavailable);
    }
    join(seen_[request.key], request.write ? request.context : response->context);
    Op done = completion(op, OpType::ok);
    if (!request.write) done.value = value_of(response->values);
    return done;
  }

  Environment& environment_;
  const NodeId home_;
  const Process process_;
  const ClientOptions options_;
  std::uint64_t writes_ = 0;
  std::map<std::int64_t, VersionVector> seen_;  // by key
};

}  // namespace

std::unique_ptr<Client> make_dynamo_client(Environment& environment, NodeId home, Process process,
                                           const ClientOptions& options) {
  return std::make_unique<DynamoClient>(environment, home, process, options);
}

}  // namespace faultline::dynamo
