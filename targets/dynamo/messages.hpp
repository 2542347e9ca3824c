// What clients ask of a Dynamo-style store, what its nodes say to each other, and the binary forms
// of both. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"
#include "targets/dynamo/version.hpp"
#include "targets/kv/bytes.hpp"

namespace faultline::dynamo {

struct Request {
  std::int64_t key = 0;
  std::optional<std::int64_t> write;  // nothing: a read
  // Of a write: what its process has seen of the key, this write included. Without version vectors
  // nobody looks at it.
  VersionVector context;
  friend bool operator==(const Request&, const Request&) = default;
};

struct Response {
  enum class Kind : std::uint8_t {
    ok,
    unavailable,  // certainly not carried out, and it will not be: too few replicas answered
    malformed,    // not carried out: the request could not be understood
  };
  Kind kind = Kind::ok;
  std::vector<std::int64_t>
      values;             // of a read: one for each sibling, sorted; empty: never written
  VersionVector context;  // of a read: what those values have seen
  friend bool operator==(const Response&, const Response&) = default;
};

Bytes encode(const Request& request);
Bytes encode(const Response& response);
Result<Request> decode_request(std::string_view bytes);
Result<Response> decode_response(std::string_view bytes);

// `op` is the coordinator's number of the operation, never used twice, and comes back in the
// reply. `owner` is the replica meant: another one than the receiver if that stands in for it.
struct Query {
  std::uint64_t op = 0;
  std::int64_t key = 0;
  NodeId owner = 0;
  friend bool operator==(const Query&, const Query&) = default;
};

struct QueryReply {
  std::uint64_t op = 0;
  NodeId owner = 0;
  Siblings siblings;
  friend bool operator==(const QueryReply&, const QueryReply&) = default;
};

struct Store {
  std::uint64_t op = 0;
  std::int64_t key = 0;
  NodeId owner = 0;
  Siblings siblings;
  friend bool operator==(const Store&, const Store&) = default;
};

struct StoreReply {
  std::uint64_t op = 0;
  NodeId owner = 0;
  friend bool operator==(const StoreReply&, const StoreReply&) = default;
};

// A hint comes home.
struct Handoff {
  std::int64_t key = 0;
  Siblings siblings;
  friend bool operator==(const Handoff&, const Handoff&) = default;
};

struct HandoffReply {
  std::int64_t key = 0;
  std::uint64_t digest = 0;  // of what was handed off
  friend bool operator==(const HandoffReply&, const HandoffReply&) = default;
};

// Anti-entropy: what the sender has of the keys that both are replicas of, as digests; then what
// differs itself.
struct Digests {
  std::vector<std::pair<std::int64_t, std::uint64_t>> keys;
  friend bool operator==(const Digests&, const Digests&) = default;
};

struct Items {
  bool answer = false;  // these answer digests: send back what is still unknown to the sender
  std::vector<std::pair<std::int64_t, Siblings>> items;
  friend bool operator==(const Items&, const Items&) = default;
};

using Message =
    std::variant<Query, QueryReply, Store, StoreReply, Handoff, HandoffReply, Digests, Items>;

Bytes encode(const Message& message);
Result<Message> decode_message(std::string_view bytes);
std::string describe(const Message& message);  // "Store k3 = 5@2.n1 for n4"

// Parts of the binary form, which records share.
void write_siblings(const Siblings& siblings, ByteWriter& out);
Siblings read_siblings(ByteReader& in);
NodeId read_node(ByteReader& in);

}  // namespace faultline::dynamo
