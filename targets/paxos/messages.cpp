#include "targets/paxos/messages.hpp"

#include <fmt/format.h>

#include "targets/kv/bytes.hpp"

namespace faultline::paxos {
namespace {

void write(ByteWriter& out, Ballot ballot) {
  out.natural(ballot.round);
  out.natural(static_cast<std::uint64_t>(ballot.node));
}

void write(ByteWriter& out, const Proposal& proposal) {
  write(out, proposal.ballot);
  out.text(proposal.value);
}

// The first byte of a message: the place of its type in Message.
struct Encoder {
  ByteWriter& out;

  void operator()(const Suspect& m) { out.natural(m.chosen); }
  void operator()(const SuspectReply& m) {
    out.boolean(m.agreed);
    write(out, m.promised);
  }
  void operator()(const Prepare& m) {
    write(out, m.ballot);
    out.natural(m.first);
  }
  void operator()(const Promise& m) {
    write(out, m.ballot);
    out.natural(m.accepted.size());
    for (const Promise::Report& report : m.accepted) {
      out.natural(report.slot);
      write(out, report.proposal);
    }
  }
  void operator()(const Preempted& m) { write(out, m.promised); }
  void operator()(const Accept& m) {
    write(out, m.ballot);
    out.natural(m.chosen);
    out.natural(m.round);
    out.natural(m.first);
    out.natural(m.values.size());
    for (const Bytes& value : m.values) out.text(value);
  }
  void operator()(const Accepted& m) {
    write(out, m.ballot);
    out.natural(m.round);
    out.natural(m.first);
    out.natural(m.count);
  }
  void operator()(const Learn& m) { out.natural(m.first); }
  void operator()(const Chosen& m) {
    out.natural(m.first);
    out.natural(m.proposals.size());
    for (const Proposal& proposal : m.proposals) write(out, proposal);
    out.natural(m.chosen);
  }
  void operator()(const Snapshot& m) {
    out.natural(m.slot);
    out.text(m.state);
    out.natural(m.chosen);
  }
  void operator()(const TakeOver& m) { write(out, m.ballot); }
};

// Reads a message field by field; what does not fit makes `in` fail.
struct Decoder {
  ByteReader& in;

  Ballot ballot() {
    constexpr std::uint64_t kMostNodes = 1'000'000;
    Ballot ballot;
    ballot.round = in.natural();
    const std::uint64_t node = in.natural();
    if (node > kMostNodes) in.fail();
    ballot.node = static_cast<NodeId>(node);
    return ballot;
  }
  Proposal proposal() {
    Proposal proposal;
    proposal.ballot = ballot();
    proposal.value = Bytes(in.text());
    return proposal;
  }
  // How many items follow; each takes a byte or more, or there would be no room for them.
  std::uint64_t count() {
    const std::uint64_t count = in.natural();
    if (count > in.left()) in.fail();
    return in.failed() ? 0 : count;
  }

  SuspectReply suspect_reply() {
    SuspectReply m;
    m.agreed = in.boolean();
    m.promised = ballot();
    return m;
  }
  Prepare prepare() {
    Prepare m;
    m.ballot = ballot();
    m.first = in.natural();
    return m;
  }
  Promise promise() {
    Promise m;
    m.ballot = ballot();
    for (std::uint64_t left = count(); left > 0 && !in.failed(); --left) {
      Promise::Report report;
      report.slot = in.natural();
      report.proposal = proposal();
      m.accepted.push_back(std::move(report));
    }
    return m;
  }
  Accept accept() {
    Accept m;
    m.ballot = ballot();
    m.chosen = in.natural();
    m.round = in.natural();
    m.first = in.natural();
    for (std::uint64_t left = count(); left > 0 && !in.failed(); --left) {
      m.values.emplace_back(in.text());
    }
    return m;
  }
  Accepted accepted() {
    Accepted m;
    m.ballot = ballot();
    m.round = in.natural();
    m.first = in.natural();
    m.count = in.natural();
    return m;
  }
  Chosen chosen() {
    Chosen m;
    m.first = in.natural();
    for (std::uint64_t left = count(); left > 0 && !in.failed(); --left) {
      m.proposals.push_back(proposal());
    }
    m.chosen = in.natural();
    return m;
  }
  Snapshot snapshot() {
    Snapshot m;
    m.slot = in.natural();
    m.state = Bytes(in.text());
    m.chosen = in.natural();
    return m;
  }

  Message message() {
    switch (in.byte()) {
      case 0: return Suspect{in.natural()};
      case 1: return suspect_reply();
      case 2: return prepare();
      case 3: return promise();
      case 4: return Preempted{ballot()};
      case 5: return accept();
      case 6: return accepted();
      case 7: return Learn{in.natural()};
      case 8: return chosen();
      case 9: return snapshot();
      case 10: return TakeOver{ballot()};
      default: in.fail(); return {};
    }
  }
};

std::string slots(Slot first, std::uint64_t count) {
  if (count == 1) return fmt::format("slot {}", first);
  return fmt::format("slots {}..{}", first, first + count - 1);
}

struct Describer {
  std::string operator()(const Suspect&) { return "Suspect"; }
  std::string operator()(const SuspectReply& m) { return m.agreed ? "Suspected" : "NotSuspected"; }
  std::string operator()(const Prepare& m) {
    return fmt::format("Prepare {} from slot {}", ballot_name(m.ballot), m.first);
  }
  std::string operator()(const Promise& m) {
    if (m.accepted.empty()) return "Promise " + ballot_name(m.ballot);
    return fmt::format("Promise {}, accepted up to slot {}", ballot_name(m.ballot),
                       m.accepted.back().slot);
  }
  std::string operator()(const Preempted& m) { return "Preempted by " + ballot_name(m.promised); }
  std::string operator()(const Accept& m) {
    if (m.values.empty()) return "Heartbeat " + ballot_name(m.ballot);
    return fmt::format("Accept {} {}", ballot_name(m.ballot), slots(m.first, m.values.size()));
  }
  std::string operator()(const Accepted& m) {
    if (m.count == 0) return "HeartbeatReply " + ballot_name(m.ballot);
    return fmt::format("Accepted {} {}", ballot_name(m.ballot), slots(m.first, m.count));
  }
  std::string operator()(const Learn& m) { return fmt::format("Learn from slot {}", m.first); }
  std::string operator()(const Chosen& m) { return "Chosen " + slots(m.first, m.proposals.size()); }
  std::string operator()(const Snapshot& m) { return fmt::format("Snapshot to slot {}", m.slot); }
  std::string operator()(const TakeOver& m) { return "TakeOver from " + ballot_name(m.ballot); }
};

}  // namespace

Bytes encode(const Message& message) {
  ByteWriter out;
  out.byte(static_cast<std::uint8_t>(message.index()));
  std::visit(Encoder{out}, message);
  return out.take();
}

Result<Message> decode_message(std::string_view bytes) {
  ByteReader in(bytes);
  Message message = Decoder{in}.message();
  if (!in.complete()) {
    return Error{fmt::format(
        "paxos message: {} bytes that are none (cut short, too long or garbled)", bytes.size())};
  }
  return message;
}

std::string describe(const Message& message) {
  return std::visit(Describer{}, message);
}

}  // namespace faultline::paxos
