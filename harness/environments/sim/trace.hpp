// Trace: what happened inside a simulated cluster, for the diagrams that are drawn of it: every
// message and what became of it, and the lives, leaders and commits of nodes. JSON Lines, in the
// order in which it happened, `at` in nanoseconds of the run's time:
//
//   {"faultline-trace":1,"nodes":5}
//   {"at":1,"sent":7,"from":0,"to":1,"text":"AppendEntries 12..14"}   message 7; -1: the clients
//   {"at":2,"arrived":7}                                   maybe twice: it was duplicated
//   {"at":2,"lost":7,"why":"the link is cut"}
//   {"at":3,"node":0,"is":"up"}                            or down, paused, resumed
//   {"at":4,"node":0,"leader":true,"term":3,"commit":17}   whenever one of them changed
//
// It exists only if a trace was asked for, and changes nothing in the run. One thread at a time.
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/clock.hpp"
#include "harness/core/node.hpp"
#include "harness/core/result.hpp"

namespace faultline::sim {

inline constexpr const char* kTraceFile = "trace.jsonl";  // in the run directory

class Trace {
 public:
  using MessageId = std::uint64_t;

  // `clock` must outlive it. A file of that name is replaced.
  static Result<std::unique_ptr<Trace>> create(const std::string& path, const Clock& clock,
                                               int nodes);

  MessageId sent(NodeId from, NodeId to, std::string_view text);
  void arrived(MessageId message);
  void lost(MessageId message, std::string_view why);
  void node_is(NodeId node, std::string_view state);
  void status(NodeId node, const NodeStatus& status);  // noted if it is another than before

  // Everything is in the file. Error: it cannot be written.
  Result<void> finish();

 private:
  Trace(const std::string& path, const Clock& clock, int nodes);

  const std::string path_;
  const Clock& clock_;
  std::ofstream file_;
  MessageId next_message_ = 1;
  std::vector<NodeStatus> last_;  // by node
};

}  // namespace faultline::sim
