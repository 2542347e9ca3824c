// Store: the deterministic state machine that a cluster replicates: integers by key, and the table
// of sessions by which a request is answered once even when it is retried (Ongaro, Consensus:
// Bridging Theory and Practice, 2014, section 6.3). A value type; one thread at a time.
//
// Sessions are never dropped: a run has few, and dropping one could apply a late copy twice.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "targets/kv/command.hpp"

namespace faultline::kv {

class Store {
 public:
  // Carries out `command` (unless it is a copy of one carried out before) and returns the answer;
  // a copy gets the answer of the original.
  Response apply(const Command& command);

  std::optional<std::int64_t> read(std::int64_t key) const;

  Bytes encode() const;  // the values and the sessions
  static Result<Store> decode(std::string_view bytes);
  void forget_sessions() { sessions_.clear(); }  // a copy is then carried out again

  friend bool operator==(const Store&, const Store&) = default;

 private:
  struct Session {
    std::uint64_t sequence;
    Response response;
    friend bool operator==(const Session&, const Session&) = default;
  };

  Response carry_out(const Command& command);

  std::map<std::int64_t, std::int64_t> values_;
  std::map<std::int64_t, Session> sessions_;
};

}  // namespace faultline::kv
