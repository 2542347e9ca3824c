// What Raft nodes say to each other, and its binary form. Plain values.
//
// RequestVote and AppendEntries of Ongaro's dissertation (2014), figure 3.1, with the pre-vote
// flag of section 9.6, the hints for fast backtracking of section 3.5, a round number by which a
// leader knows that a reply was made after a read arrived (section 6.4), and the time by which it
// knows how long nobody else can lead (6.4.1); InstallSnapshot (figure 5.3, in one message) and
// TimeoutNow (3.10).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"
#include "targets/raft/configuration.hpp"

namespace faultline::raft {

using Term = std::uint64_t;
using Index = std::uint64_t;  // entries count from 1; 0 stands before the first

struct Entry {
  Term term = 0;
  Bytes command;  // empty: the no-op that a leader begins its term with
  std::optional<Configuration> configuration{};  // in the place of a command: of all who follow
  friend bool operator==(const Entry&, const Entry&) = default;
};

// The effect of all entries up to `index`, which it replaces (Ongaro 2014, chapter 5).
struct Snapshot {
  Index index = 0;  // of the last entry in it; 0: there is none
  Term term = 0;    // of that entry
  Configuration configuration;
  Bytes state;  // an encoded kv::Store
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

struct VoteRequest {
  Term term = 0;  // the term to be led: of a pre-vote, one the sender has not entered yet
  bool pre_vote = false;
  Index last_index = 0;
  Term last_term = 0;
  bool transfer = false;  // the leader itself wishes it: whoever hears it may vote all the same
  friend bool operator==(const VoteRequest&, const VoteRequest&) = default;
};

struct VoteReply {
  Term term = 0;       // the voter's own
  Term requested = 0;  // the term it was asked for
  bool pre_vote = false;
  bool granted = false;
  friend bool operator==(const VoteReply&, const VoteReply&) = default;
};

struct AppendRequest {
  Term term = 0;
  Index previous_index = 0;
  Term previous_term = 0;
  Index commit = 0;
  std::uint64_t round = 0;
  Time sent = 0;  // by the leader's clock
  std::vector<Entry> entries;
  friend bool operator==(const AppendRequest&, const AppendRequest&) = default;
};

// To an AppendRequest or an InstallRequest, of which it repeats round and time.
struct AppendReply {
  Term term = 0;
  std::uint64_t round = 0;
  Time sent = 0;
  Index previous_index = 0;  // of the request; or the snapshot's index
  bool success = false;
  Index index = 0;         // success: the last entry known to match; else: where to go on
  Term conflict_term = 0;  // else: the term found at previous_index, 0 if the log is too short
  friend bool operator==(const AppendReply&, const AppendReply&) = default;
};

struct InstallRequest {
  Term term = 0;
  std::uint64_t round = 0;
  Time sent = 0;
  Snapshot snapshot;
  friend bool operator==(const InstallRequest&, const InstallRequest&) = default;
};

// "Stand for election at once": who is told so has all that the leader has.
struct TimeoutNow {
  Term term = 0;
  friend bool operator==(const TimeoutNow&, const TimeoutNow&) = default;
};

using Message =
    std::variant<VoteRequest, VoteReply, AppendRequest, AppendReply, InstallRequest, TimeoutNow>;

Bytes encode(const Message& message);
Result<Message> decode_message(std::string_view bytes);
std::string describe(const Message& message);  // "AppendEntries 12..14 t3"

// As parts of messages and of records.
void write_entry(ByteWriter& out, const Entry& entry);
Entry read_entry(ByteReader& in);
void write_snapshot(ByteWriter& out, const Snapshot& snapshot);
Snapshot read_snapshot(ByteReader& in);

}  // namespace faultline::raft
