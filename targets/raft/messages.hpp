// What Raft nodes say to each other, and its binary form. Plain values.
//
// RequestVote and AppendEntries of Ongaro's dissertation (2014), figure 3.1, with the pre-vote
// flag of section 9.6, the hints for fast backtracking of section 3.5, and a round number by which
// a leader knows that a reply was made after a read arrived (section 6.4).
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"

namespace faultline::raft {

using Term = std::uint64_t;
using Index = std::uint64_t;  // entries count from 1; 0 stands before the first

struct Entry {
  Term term = 0;
  Bytes command;  // empty: the no-op that a leader begins its term with
  friend bool operator==(const Entry&, const Entry&) = default;
};

struct VoteRequest {
  Term term = 0;  // the term to be led: of a pre-vote, one the sender has not entered yet
  bool pre_vote = false;
  Index last_index = 0;
  Term last_term = 0;
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
  std::vector<Entry> entries;
  friend bool operator==(const AppendRequest&, const AppendRequest&) = default;
};

struct AppendReply {
  Term term = 0;
  std::uint64_t round = 0;
  Index previous_index = 0;  // of the request
  bool success = false;
  Index index = 0;         // success: the last entry known to match; else: where to go on
  Term conflict_term = 0;  // else: the term found at previous_index, 0 if the log is too short
  friend bool operator==(const AppendReply&, const AppendReply&) = default;
};

using Message = std::variant<VoteRequest, VoteReply, AppendRequest, AppendReply>;

Bytes encode(const Message& message);
Result<Message> decode_message(std::string_view bytes);

}  // namespace faultline::raft
