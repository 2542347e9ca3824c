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
    out.boolean(m.transfer);
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
    out.integer(m.sent);
    out.natural(m.entries.size());
    for (const Entry& entry : m.entries) write_entry(out, entry);
  }
  void operator()(const AppendReply& m) {
    out.natural(m.term);
    out.natural(m.round);
    out.integer(m.sent);
    out.natural(m.previous_index);
    out.boolean(m.success);
    out.natural(m.index);
    out.natural(m.conflict_term);
  }
  void operator()(const InstallRequest& m) {
    out.natural(m.term);
    out.natural(m.round);
    out.integer(m.sent);
    write_snapshot(out, m.snapshot);
  }
  void operator()(const TimeoutNow& m) { out.natural(m.term); }
};

VoteRequest read_vote_request(ByteReader& in) {
  VoteRequest m;
  m.term = in.natural();
  m.pre_vote = in.boolean();
  m.last_index = in.natural();
  m.last_term = in.natural();
  m.transfer = in.boolean();
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
  m.sent = in.integer();
  const std::uint64_t count = in.natural();
  if (count > in.left()) in.fail();  // an entry takes two bytes or more: no room for so many
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) m.entries.push_back(read_entry(in));
  return m;
}

AppendReply read_append_reply(ByteReader& in) {
  AppendReply m;
  m.term = in.natural();
  m.round = in.natural();
  m.sent = in.integer();
  m.previous_index = in.natural();
  m.success = in.boolean();
  m.index = in.natural();
  m.conflict_term = in.natural();
  return m;
}

InstallRequest read_install_request(ByteReader& in) {
  InstallRequest m;
  m.term = in.natural();
  m.round = in.natural();
  m.sent = in.integer();
  m.snapshot = read_snapshot(in);
  return m;
}

Message read_message(ByteReader& in) {
  switch (in.byte()) {
    case 0: return read_vote_request(in);
    case 1: return read_vote_reply(in);
    case 2: return read_append_request(in);
    case 3: return read_append_reply(in);
    case 4: return read_install_request(in);
    case 5: return TimeoutNow{in.natural()};
    default: in.fail(); return {};
  }
}

struct Describer {
  std::string operator()(const VoteRequest& m) {
    return fmt::format("{} t{}", m.pre_vote ? "PreVote" : "RequestVote", m.term);
  }
  std::string operator()(const VoteReply& m) {
    return fmt::format("{} t{} {}", m.pre_vote ? "PreVoteReply" : "RequestVoteReply", m.requested,
                       m.granted ? "granted" : "refused");
  }
  std::string operator()(const AppendRequest& m) {
    if (m.entries.empty()) return fmt::format("Heartbeat {} t{}", m.previous_index, m.term);
    return fmt::format("AppendEntries {}..{} t{}", m.previous_index + 1,
                       m.previous_index + m.entries.size(), m.term);
  }
  std::string operator()(const AppendReply& m) {
    return fmt::format("AppendEntriesReply {} {} t{}", m.success ? "matches" : "try", m.index,
                       m.term);
  }
  std::string operator()(const InstallRequest& m) {
    return fmt::format("InstallSnapshot {} t{}", m.snapshot.index, m.term);
  }
  std::string operator()(const TimeoutNow& m) { return fmt::format("TimeoutNow t{}", m.term); }
};

}  // namespace

void write_entry(ByteWriter& out, const Entry& entry) {
  out.natural(entry.term);
  out.boolean(entry.configuration.has_value());
  if (entry.configuration) {
    write_configuration(out, *entry.configuration);
  } else {
    out.text(entry.command);
  }
}

Entry read_entry(ByteReader& in) {
  Entry entry;
  entry.term = in.natural();
  if (in.boolean()) {
    entry.configuration = read_configuration(in);
  } else {
    entry.command = Bytes(in.text());
  }
  return entry;
}

void write_snapshot(ByteWriter& out, const Snapshot& snapshot) {
  out.natural(snapshot.index);
  out.natural(snapshot.term);
  write_configuration(out, snapshot.configuration);
  out.text(snapshot.state);
}

Snapshot read_snapshot(ByteReader& in) {
  Snapshot snapshot;
  snapshot.index = in.natural();
  snapshot.term = in.natural();
  snapshot.configuration = read_configuration(in);
  snapshot.state = Bytes(in.text());
  if (snapshot.index == 0) in.fail();
  return snapshot;
}

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

std::string describe(const Message& message) {
  return std::visit(Describer{}, message);
}

}  // namespace faultline::raft
