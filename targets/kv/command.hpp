// Command and Response: what a client asks of a replicated key-value store, and what it is told;
// and their binary forms. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"

namespace faultline::kv {

struct Command {
  enum class Kind : std::uint8_t { read, write, cas };

  std::int64_t session = 0;    // who asks: a process of the history, never reused
  std::uint64_t sequence = 0;  // counts the session's requests; a retry has the same one
  Kind kind = Kind::read;
  std::int64_t key = 0;
  std::int64_t expected = 0;  // cas only
  std::int64_t value = 0;     // write and cas

  friend bool operator==(const Command&, const Command&) = default;
};

struct Response {
  enum class Kind : std::uint8_t {
    ok,          // carried out; a read's `value` is what it saw
    mismatch,    // a cas that saw another value than it expected
    not_leader,  // not carried out; `leader` leads, as far as this node knows
    no_leader,   // not carried out; this node knows of no leader: try later
    superseded,  // a late copy of a request whose session has gone on since; nobody waits for it
    malformed,   // not carried out: the request could not be understood
  };

  Kind kind = Kind::ok;
  std::optional<std::int64_t> value;
  NodeId leader = 0;

  static Response not_led_here(std::optional<NodeId> leader) {
    if (!leader) return {Kind::no_leader, std::nullopt, 0};
    return {Kind::not_leader, std::nullopt, *leader};
  }
  friend bool operator==(const Response&, const Response&) = default;
};

Bytes encode(const Command& command);
Bytes encode(const Response& response);
Result<Command> decode_command(std::string_view bytes);
Result<Response> decode_response(std::string_view bytes);

}  // namespace faultline::kv
