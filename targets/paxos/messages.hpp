// What Paxos nodes say to each other, and its binary form. Plain values.
//
// Phase 1 and 2 of Lamport 2001, section 3: one Prepare and one Promise for all slots from some
// one on, then Accepts for runs of slots, which are heartbeats when there is nothing to propose.
// Suspect asks beforehand whether others miss the leader, too; Learn is how laggards catch up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/result.hpp"
#include "targets/paxos/configuration.hpp"
#include "targets/paxos/synod.hpp"

namespace faultline::paxos {

struct Suspect {
  Slot chosen = 0;  // up to where the sender knows what is chosen
  friend bool operator==(const Suspect&, const Suspect&) = default;
};

struct SuspectReply {
  bool agreed = false;
  Ballot promised;  // that is to be exceeded
  friend bool operator==(const SuspectReply&, const SuspectReply&) = default;
};

struct Prepare {
  Ballot ballot;
  Slot first = 1;  // what was accepted in this slot and all after it is to be reported
  friend bool operator==(const Prepare&, const Prepare&) = default;
};

struct Promise {
  struct Report {
    Slot slot = 0;
    Proposal proposal;
    friend bool operator==(const Report&, const Report&) = default;
  };
  Ballot ballot;
  std::vector<Report> accepted;
  friend bool operator==(const Promise&, const Promise&) = default;
};

struct Preempted {  // refuses a Prepare or an Accept
  Ballot promised;
  friend bool operator==(const Preempted&, const Preempted&) = default;
};

struct Accept {
  Ballot ballot;
  Slot chosen = 0;          // every slot up to here is chosen, and the sender knows as what
  std::uint64_t round = 0;  // of confirmation, for reads
  Slot first = 1;           // the slot of the first value; the others follow without a gap
  std::vector<Bytes> values;
  friend bool operator==(const Accept&, const Accept&) = default;
};

struct Accepted {
  Ballot ballot;
  std::uint64_t round = 0;
  Slot first = 1;  // of the Accept
  std::uint64_t count = 0;
  friend bool operator==(const Accepted&, const Accepted&) = default;
};

struct Learn {
  Slot first = 1;  // asks for what was chosen in it and after it
  friend bool operator==(const Learn&, const Learn&) = default;
};

struct Chosen {
  Slot first = 1;
  std::vector<Proposal> proposals;  // as they were chosen, without a gap
  Slot chosen = 0;                  // there are more, up to here
  friend bool operator==(const Chosen&, const Chosen&) = default;
};

struct Snapshot {
  Slot slot = 0;    // the effect of all slots up to here
  Bytes state;      // see DurableAcceptor
  Slot chosen = 0;  // there are more, up to here
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

struct TakeOver {  // the leader wishes the receiver to lead
  Ballot ballot;   // of the leader
  friend bool operator==(const TakeOver&, const TakeOver&) = default;
};

using Message = std::variant<Suspect, SuspectReply, Prepare, Promise, Preempted, Accept, Accepted,
                             Learn, Chosen, Snapshot, TakeOver>;

Bytes encode(const Message& message);
Result<Message> decode_message(std::string_view bytes);
std::string describe(const Message& message);  // "Accept b3.1 slots 12..14"

}  // namespace faultline::paxos
