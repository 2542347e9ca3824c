#include "targets/etcd/etcd_answer.hpp"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "harness/core/base64.hpp"
#include "targets/etcd/etcd_request.hpp"

namespace faultline::etcd {
namespace {

using nlohmann::json;

const Symbol kRefused = Symbol::of("refused");
const Symbol kConnectionLost = Symbol::of("connection-lost");
const Symbol kMalformed = Symbol::of("malformed");
const Symbol kNoSuchApi = Symbol::of("no-such-api");

enum class Effect {
  none_for_now,  // certainly none; it may be carried out elsewhere or later
  none,          // certainly none, and there is no point in asking again
  unknown,
};

struct KnownError {
  std::string_view message;
  const char* symbol;
  Effect effect;
};

// What etcd answers to get, put, delete and transaction. Effect::none needs a reason in its
// sources: the place from which alone the message comes is before the proposal, or where applying
// it was given up before the first change. The unknown ones are listed for their names alone.
constexpr KnownError kKnownErrors[] = {
    // The interceptor (v3rpc/interceptor.go), before the request is looked at.
    {"etcdserver: not capable", "not-capable", Effect::none_for_now},
    {"etcdserver: rpc not supported for learner", "learner", Effect::none_for_now},
    {"etcdserver: no leader", "no-leader", Effect::none_for_now},
    // processInternalRaftRequestOnce (v3_server.go), before it proposes.
    {"etcdserver: too many requests", "too-many-requests", Effect::none_for_now},
    {"etcdserver: request is too large", "too-large", Effect::none},
    // raft.Step of this node, which neither appended nor forwarded it. A leader that drops what
    // was forwarded to it tells nobody: that becomes a time-out.
    {"raft proposal dropped", "proposal-dropped", Effect::none_for_now},
    // The checks of the request (v3rpc/key.go).
    {"etcdserver: key is not provided", "bad-request", Effect::none},
    {"etcdserver: key not found", "bad-request", Effect::none},
    {"etcdserver: value is provided", "bad-request", Effect::none},
    {"etcdserver: lease is provided", "bad-request", Effect::none},
    {"etcdserver: too many operations in txn request", "bad-request", Effect::none},
    {"etcdserver: duplicate key given in txn request", "bad-request", Effect::none},
    // Permissions, before proposing or before applying (apply_auth.go).
    {"etcdserver: permission denied", "permission-denied", Effect::none},
    {"etcdserver: user name is empty", "permission-denied", Effect::none},
    {"etcdserver: invalid auth token", "permission-denied", Effect::none},
    {"etcdserver: revision of auth store is old", "permission-denied", Effect::none},
    // Proposed, and nobody waited long enough.
    {"etcdserver: request timed out", "etcd-timeout", Effect::unknown},
    {"etcdserver: request timed out, possibly due to previous leader failure", "etcd-timeout",
     Effect::unknown},
    {"etcdserver: request timed out, possibly due to connection lost", "etcd-timeout",
     Effect::unknown},
    {"etcdserver: request timed out, waiting for the applied index took too long", "etcd-timeout",
     Effect::unknown},
    {"context deadline exceeded", "etcd-timeout", Effect::unknown},
    {"context canceled", "etcd-cancelled", Effect::unknown},
    {"etcdserver: request cancelled", "etcd-cancelled", Effect::unknown},
    {"etcdserver: server stopped", "stopped", Effect::unknown},
    {"raft: stopped", "stopped", Effect::unknown},
    {"transport is closing", "stopped", Effect::unknown},
    // Said of reads alone so far, but nothing promises that.
    {"etcdserver: leader changed", "leader-changed", Effect::unknown},
    {"etcdserver: not leader", "not-leader", Effect::unknown},
    {"etcdserver: unhealthy cluster", "unhealthy", Effect::unknown},
    // A trap: the quota's applier (quotaApplierV3) applies the write, and *then* says so.
    {"etcdserver: mvcc: database space exceeded", "no-space", Effect::unknown},
    {"etcdserver: corrupt cluster", "corrupt", Effect::unknown},
};

Judgement failed(const Op& op, Symbol error, bool ask_again) {
  return {completion(op, OpType::fail, error), ask_again};
}

// A read has no effect however it ends.
Judgement unknown(const Op& op, Symbol error) {
  if (op.f == f::kRead) return failed(op, error, true);
  return {completion(op, OpType::info, error), false};
}

Judgement judge_error(const Op& op, const HttpAnswer& answer) {
  // Not from etcd's gateway, but from the HTTP server before it: no such path, no such method, a
  // host that is not on its list.
  const bool never_arrived = answer.status == 404 || answer.status == 405 || answer.status == 421;
  if (never_arrived) return failed(op, kNoSuchApi, false);
  const json body = json::parse(answer.body, nullptr, false);
  std::string message;
  for (const char* field : {"error", "message"}) {  // 3.6 has the second alone
    if (body.is_object() && body.contains(field) && body[field].is_string()) message = body[field];
  }
  for (const KnownError& known : kKnownErrors) {
    if (message != known.message) continue;
    const Symbol error = Symbol::of(known.symbol);
    if (known.effect == Effect::unknown) return unknown(op, error);
    return failed(op, error, known.effect == Effect::none_for_now);
  }
  return unknown(op, Symbol::of(fmt::format("http-{}", answer.status)));
}

std::optional<std::string> decoded(const json& object, const char* field) {
  if (!object.is_object() || !object.contains(field) || !object[field].is_string()) {
    return std::nullopt;
  }
  return base64_decode(object[field].get_ref<const std::string&>());
}

// What a range says of the op's key; nothing: it makes no sense.
std::optional<Value> value_read(const Op& op, const json& body) {
  // Fields at their default are left out: no kvs, no such key.
  const bool counted = body.contains("count") && body["count"] != "0";
  if (!body.contains("kvs") && !counted) return Value();
  if (!body.contains("kvs") || !body["kvs"].is_array() || body["kvs"].size() != 1) {
    return std::nullopt;
  }
  const std::optional<std::string> key = decoded(body["kvs"][0], "key");
  const std::optional<std::string> text = decoded(body["kvs"][0], "value");
  if (key != key_name(op.key) || !text) return std::nullopt;
  std::int64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return Value(value);
}

Judgement judge_success(const Op& op, const HttpAnswer& answer) {
  const json body = json::parse(answer.body, nullptr, false);
  // Every answer has a header; without one, a missing field would be taken for its default.
  const bool whole = body.is_object() && body.contains("header") && body["header"].is_object() &&
                     body["header"].contains("revision");
  if (!whole) return unknown(op, kMalformed);
  if (op.f == f::kRead) {
    const std::optional<Value> value = value_read(op, body);
    if (!value) return unknown(op, kMalformed);
    Judgement read{completion(op, OpType::ok), false};
    read.completion.value = *value;
    return read;
  }
  if (op.f == f::kCas) {
    const json succeeded = body.value("succeeded", json(false));
    if (!succeeded.is_boolean()) return unknown(op, kMalformed);
    if (!succeeded.get<bool>()) return failed(op, kMismatch, false);
  }
  return {completion(op, OpType::ok), false};
}

}  // namespace

Judgement judge(const Op& op, const HttpAnswer& answer) {
  switch (answer.kind) {
    case HttpAnswer::Kind::refused: return failed(op, kRefused, true);
    case HttpAnswer::Kind::lost: return unknown(op, kConnectionLost);
    case HttpAnswer::Kind::timed_out: return unknown(op, kTimeout);
    case HttpAnswer::Kind::answered: break;
  }
  return answer.status == 200 ? judge_success(op, answer) : judge_error(op, answer);
}

}  // namespace faultline::etcd
