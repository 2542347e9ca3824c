#include "harness/environments/sim/trace.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <nlohmann/json.hpp>

namespace faultline::sim {
namespace {

// As JSON; what is no UTF-8 becomes U+FFFD.
std::string quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Result<std::unique_ptr<Trace>> Trace::create(const std::string& path, const Clock& clock,
                                             int nodes) {
  std::unique_ptr<Trace> trace(new Trace(path, clock, nodes));
  const Result<void> begun = trace->finish();
  if (!begun) return begun.error();
  return trace;
}

Trace::Trace(const std::string& path, const Clock& clock, int nodes)
    : path_(path),
      clock_(clock),
      file_(path, std::ios::binary | std::ios::trunc),
      last_(static_cast<std::size_t>(nodes)) {
  fmt::print(file_, "{{\"faultline-trace\":1,\"nodes\":{}}}\n", nodes);
}

Trace::MessageId Trace::sent(NodeId from, NodeId to, std::string_view text) {
  fmt::print(file_, "{{\"at\":{},\"sent\":{},\"from\":{},\"to\":{},\"text\":{}}}\n", clock_.now(),
             next_message_, from, to, quoted(text));
  return next_message_++;
}

void Trace::arrived(MessageId message) {
  fmt::print(file_, "{{\"at\":{},\"arrived\":{}}}\n", clock_.now(), message);
}

void Trace::lost(MessageId message, std::string_view why) {
  fmt::print(file_, "{{\"at\":{},\"lost\":{},\"why\":{}}}\n", clock_.now(), message, quoted(why));
}

void Trace::node_is(NodeId node, std::string_view state) {
  fmt::print(file_, "{{\"at\":{},\"node\":{},\"is\":{}}}\n", clock_.now(), node, quoted(state));
}

void Trace::status(NodeId node, const NodeStatus& now) {
  NodeStatus& last = last_[static_cast<std::size_t>(node)];
  if (now.leader == last.leader && now.term == last.term && now.commit == last.commit) return;
  last = now;
  fmt::print(file_, "{{\"at\":{},\"node\":{},\"leader\":{},\"term\":{},\"commit\":{}}}\n",
             clock_.now(), node, now.leader, now.term, now.commit);
}

Result<void> Trace::finish() {
  file_.flush();
  if (file_) return {};
  return Error{fmt::format("{}: cannot write the trace", path_)};
}

}  // namespace faultline::sim
