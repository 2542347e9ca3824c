#include "targets/dynamo/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace faultline::dynamo {
namespace {

void write_vector(const VersionVector& vector, ByteWriter& out) {
  out.natural(vector.size());
  for (const auto& [process, count] : vector) {
    out.integer(process);
    out.natural(count);
  }
}

// Whatever is counted takes a byte or more each: more than there are left cannot be true.
std::uint64_t read_count(ByteReader& in) {
  const std::uint64_t count = in.natural();
  if (count > in.left()) in.fail();
  return in.failed() ? 0 : count;
}

VersionVector read_vector(ByteReader& in) {
  VersionVector vector;
  const std::uint64_t count = read_count(in);
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    const std::int64_t process = in.integer();
    const std::uint64_t writes = in.natural();
    vector.insert_or_assign(process, writes);
  }
  if (!in.failed() && vector.size() != count) in.fail();
  return vector;
}

Error malformed(std::string_view what, std::size_t size) {
  return {fmt::format("dynamo {}: {} bytes that are none (cut short, too long or garbled)", what,
                      size)};
}

// The first byte of a message: the place of its type in Message.
struct Encoder {
  ByteWriter& out;

  void operator()(const Query& m) {
    out.natural(m.op);
    out.integer(m.key);
    out.integer(m.owner);
  }
  void operator()(const QueryReply& m) {
    out.natural(m.op);
    out.integer(m.owner);
    write_siblings(m.siblings, out);
  }
  void operator()(const Store& m) {
    out.natural(m.op);
    out.integer(m.key);
    out.integer(m.owner);
    write_siblings(m.siblings, out);
  }
  void operator()(const StoreReply& m) {
    out.natural(m.op);
    out.integer(m.owner);
  }
  void operator()(const Handoff& m) {
    out.integer(m.key);
    write_siblings(m.siblings, out);
  }
  void operator()(const HandoffReply& m) {
    out.integer(m.key);
    out.natural(m.digest);
  }
  void operator()(const Digests& m) {
    out.natural(m.keys.size());
    for (const auto& [key, digest] : m.keys) {
      out.integer(key);
      out.natural(digest);
    }
  }
  void operator()(const Items& m) {
    out.boolean(m.answer);
    out.natural(m.items.size());
    for (const auto& [key, siblings] : m.items) {
      out.integer(key);
      write_siblings(siblings, out);
    }
  }
};

Digests read_digests(ByteReader& in) {
  Digests m;
  const std::uint64_t count = read_count(in);
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    const std::int64_t key = in.integer();
    const std::uint64_t digest = in.natural();
    m.keys.emplace_back(key, digest);
  }
  return m;
}

Items read_items(ByteReader& in) {
  Items m;
  m.answer = in.boolean();
  const std::uint64_t count = read_count(in);
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    const std::int64_t key = in.integer();
    m.items.emplace_back(key, read_siblings(in));
  }
  return m;
}

// What is in braces is read from left to right.
Message read_message(ByteReader& in) {
  switch (in.byte()) {
    case 0: return Query{in.natural(), in.integer(), read_node(in)};
    case 1: return QueryReply{in.natural(), read_node(in), read_siblings(in)};
    case 2: return Store{in.natural(), in.integer(), read_node(in), read_siblings(in)};
    case 3: return StoreReply{in.natural(), read_node(in)};
    case 4: return Handoff{in.integer(), read_siblings(in)};
    case 5: return HandoffReply{in.integer(), in.natural()};
    case 6: return read_digests(in);
    case 7: return read_items(in);
    default: in.fail(); return {};
  }
}

struct Describer {
  std::string operator()(const Query& m) const {
    return fmt::format("Query k{} for {}", m.key, node_name(m.owner));
  }
  std::string operator()(const QueryReply& m) const {
    return fmt::format("QueryReply {} for {}", to_string(m.siblings), node_name(m.owner));
  }
  std::string operator()(const Store& m) const {
    return fmt::format("Store k{} = {} for {}", m.key, to_string(m.siblings), node_name(m.owner));
  }
  std::string operator()(const StoreReply& m) const {
    return fmt::format("StoreReply for {}", node_name(m.owner));
  }
  std::string operator()(const Handoff& m) const {
    return fmt::format("Handoff k{} = {}", m.key, to_string(m.siblings));
  }
  std::string operator()(const HandoffReply& m) const {
    return fmt::format("HandoffReply k{}", m.key);
  }
  std::string operator()(const Digests& m) const {
    return fmt::format("Digests of {} keys", m.keys.size());
  }
  std::string operator()(const Items& m) const {
    return fmt::format("Items of {} keys{}", m.items.size(), m.answer ? ", to be answered" : "");
  }
};

}  // namespace

void write_siblings(const Siblings& siblings, ByteWriter& out) {
  out.natural(siblings.size());
  for (const Version& version : siblings) {
    out.natural(version.stamp.time);
    out.integer(version.stamp.node);
    out.natural(version.stamp.number);
    write_vector(version.vector, out);
    out.integer(version.value);
  }
}

Siblings read_siblings(ByteReader& in) {
  Siblings siblings;
  const std::uint64_t count = read_count(in);
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    Version version;
    version.stamp.time = in.natural();
    version.stamp.node = read_node(in);
    version.stamp.number = in.natural();
    version.vector = read_vector(in);
    version.value = in.integer();
    siblings.push_back(std::move(version));
  }
  return siblings;
}

NodeId read_node(ByteReader& in) {
  const std::int64_t node = in.integer();
  if (node < 0 || node > std::numeric_limits<NodeId>::max()) in.fail();
  return in.failed() ? 0 : static_cast<NodeId>(node);
}

Bytes encode(const Request& request) {
  ByteWriter out;
  out.integer(request.key);
  out.boolean(request.write.has_value());
  out.integer(request.write.value_or(0));
  write_vector(request.context, out);
  return out.take();
}

Bytes encode(const Response& response) {
  ByteWriter out;
  out.byte(static_cast<std::uint8_t>(response.kind));
  out.natural(response.values.size());
  for (const std::int64_t value : response.values) out.integer(value);
  write_vector(response.context, out);
  return out.take();
}

Bytes encode(const Message& message) {
  ByteWriter out;
  out.byte(static_cast<std::uint8_t>(message.index()));
  std::visit(Encoder{out}, message);
  return out.take();
}

Result<Request> decode_request(std::string_view bytes) {
  ByteReader in(bytes);
  Request request;
  request.key = in.integer();
  const bool writes = in.boolean();
  const std::int64_t value = in.integer();
  if (writes) request.write = value;
  request.context = read_vector(in);
  if (!in.complete()) return malformed("request", bytes.size());
  return request;
}

Result<Response> decode_response(std::string_view bytes) {
  ByteReader in(bytes);
  Response response;
  const std::uint8_t kind = in.byte();
  if (kind > static_cast<std::uint8_t>(Response::Kind::malformed)) in.fail();
  response.kind = static_cast<Response::Kind>(kind);
  const std::uint64_t count = read_count(in);
  for (std::uint64_t i = 0; i < count; ++i) response.values.push_back(in.integer());
  response.context = read_vector(in);
  if (!in.complete()) return malformed("response", bytes.size());
  return response;
}

Result<Message> decode_message(std::string_view bytes) {
  ByteReader in(bytes);
  Message message = read_message(in);
  if (!in.complete()) return malformed("message", bytes.size());
  return message;
}

std::string describe(const Message& message) {
  return std::visit(Describer{}, message);
}

}  // namespace faultline::dynamo
