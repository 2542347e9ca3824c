// Node: one member of an embedded cluster, as a pure state machine.
//
// Inputs go in (a message, a request, a tick), effects come out; no thread, no clock, no socket, no
// file inside. So the same code runs in the simulator and as a real process, and a unit test needs
// nothing but the node itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/rng.hpp"
#include "harness/core/time.hpp"

namespace faultline {

using NodeId = std::int32_t;      // 0, 1, 2, ...; shown to people as n1, n2, n3, ...
using Bytes = std::string;        // an encoded message, request or record
using RequestId = std::uint64_t;  // made by the environment; names where a reply goes

// Where the clients are, as an end of a link: the one port of all of them. No node.
inline constexpr NodeId kClients = -1;

std::string node_name(NodeId node);  // "n1" for 0, "clients" for kClients

// What a node wants done, in order. The environment carries them out one after the other; a node
// handles no further input until they are done (it is one thread, and it blocks in its fsync).
struct Effects {
  struct Write {
    Bytes record;
  };               // append to this node's log; lost by a crash unless synced
  struct Sync {};  // what was written so far survives a crash
  struct Rewrite {
    std::vector<Bytes> records;
  };  // the log is these records from now on, safely: a crash leaves either the old log or this one
  struct Send {
    NodeId to;
    Bytes message;
  };  // may be lost, delayed, duplicated, reordered
  struct Reply {
    RequestId request;
    Bytes answer;
  };
  using Effect = std::variant<Write, Sync, Rewrite, Send, Reply>;

  std::vector<Effect> list;
  std::vector<std::string> log;  // lines for the node's log file

  void write(Bytes record) { list.emplace_back(Write{std::move(record)}); }
  void rewrite(std::vector<Bytes> records) { list.emplace_back(Rewrite{std::move(records)}); }
  void sync() { list.emplace_back(Sync{}); }
  void send(NodeId to, Bytes message) { list.emplace_back(Send{to, std::move(message)}); }
  void reply(RequestId to, Bytes answer) { list.emplace_back(Reply{to, std::move(answer)}); }
};

// What a node would tell an operator about itself.
struct NodeStatus {
  bool leader = false;
  std::uint64_t term = 0;    // term, ballot or epoch
  std::uint64_t commit = 0;  // how much of the log is decided; 0 if there is no log
};

// `now` is this node's own monotonic clock: it may begin elsewhere and go faster or slower than
// those of others.
class Node {
 public:
  virtual ~Node() = default;
  // Called once, before anything else: `durable` holds the records synced in earlier lives, in
  // order (and possibly some that were written but not synced).
  virtual void start(std::span<const Bytes> durable, Time now, Effects& out) = 0;
  virtual void receive(NodeId from, std::string_view message, Time now, Effects& out) = 0;
  virtual void request(RequestId id, std::string_view request, Time now, Effects& out) = 0;
  virtual void tick(Time now, Effects& out) = 0;  // every few milliseconds
  virtual NodeStatus status() const = 0;
  // A message of these nodes as people name it ("AppendEntries 12..14"), for a trace.
  virtual std::string describe([[maybe_unused]] std::string_view message) const {
    return "message";
  }
};

// Makes the program of node `id` in a cluster of `size`; `rng` is the node's own stream.
using NodeFactory = std::function<std::unique_ptr<Node>(NodeId id, int size, Rng rng)>;

}  // namespace faultline
