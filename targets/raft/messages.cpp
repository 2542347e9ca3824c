#include "targets/raft/messages.hpp"

#include <fmt/format.h>

#include "targets/kv/bytes.hpp"

namespace faultline::raft {
namespace {

// The first byte of a message: the place of its type in Message.
struct Encoder {
  ByteWriter& out;

  void operator()(const VoteRequest& m) {
    out.natural(m.term);
    out.boolean(m.pre_vote);
    out.natural(m.last_index);
    out.natural(m.last_term);
  }
  void operator()(const VoteReply& m) {
    out.natural(m.term);
    out.natural(m.requested);
    out.boolean(m.pre_vote);
    out.boolean(m.granted);
  }
  void operator()(const AppendRequest& m) {
    out.natural(m.term);
    out.natural(m.previous_index);
    out.natural(m.previous_term);
    out.natural(m.commit);
    out.natural(m.round);
    out.natural(m.entries.size());
    for (const Entry& entry : m.entries) {
      out.natural(entry.term);
      out.text(entry.command);
    }
  }
  void operator()(const AppendReply& m) {
    out.natural(m.term);
    out.natural(m.round);
    out.natural(m.previous_index);
    out.boolean(m.success);
    out.natural(m.index);
    out.natural(m.conflict_term);
  }
};

VoteRequest read_vote_request(ByteReader& in) {
  VoteRequest m;
  m.term = in.natural();
  m.pre_vote = in.boolean();
  m.last_index = in.natural();
  m.last_term = in.natural();
  return m;
}

VoteReply read_vote_reply(ByteReader& in) {
  VoteReply m;
  m.term = in.natural();
  m.requested = in.natural();
  m.pre_vote = in.boolean();
  m.granted = in.boolean();
  return m;
}

AppendRequest read_append_request(ByteReader& in) {
  AppendRequest m;
  m.term = in.natural();
  m.previous_index = in.natural();
  m.previous_term = in.natural();
  m.commit = in.natural();
  m.round = in.natural();
  const std::uint64_t count = in.natural();
  if (count > in.left()) in.fail();  // an entry takes two bytes or more: no room for so many
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    Entry entry;
    entry.term = in.natural();
    entry.command = Bytes(in.text());
    m.entries.push_back(std::move(entry));
  }
  return m;
}

AppendReply read_append_reply(ByteReader& in) {
  AppendReply m;
  m.term = in.natural();
  m.round = in.natural();
  m.previous_index = in.natural();
  m.success = in.boolean();
  m.index = in.natural();
  m.conflict_term = in.natural();
  return m;
}

Message read_message(ByteReader& in) {
  switch (in.byte()) {
    case 0: return read_vote_request(in);
    case 1: return read_vote_reply(in);
    case 2: return read_append_request(in);
    case 3: return read_append_reply(in);
    default: in.fail(); return {};
  }
}

}  // namespace

Bytes encode(const Message& message) {
  ByteWriter out;
  out.byte(static_cast<std::uint8_t>(message.index()));
  std::visit(Encoder{out}, message);
  return out.take();
}

Result<Message> decode_message(std::string_view bytes) {
  ByteReader in(bytes);
  Message message = read_message(in);
  if (!in.complete()) {
    return Error{fmt::format(
        "raft message: {} bytes that are none (cut short, too long or garbled)", bytes.size())};
  }
  return message;
}

}  // namespace faultline::raft
