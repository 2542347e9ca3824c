#include "harness/store/formats/interval_history.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

namespace faultline::formats {

void IntervalHistory::add(Process client, Op invoked, Op completed, std::uint32_t line) {
  assert(client >= 0 && client < kMostClients);
  invoked.process = completed.process = client;
  next_process_ = std::max(next_process_, client + 1);
  ops_.push_back(std::move(invoked));
  ops_.push_back(std::move(completed));
  lines_.push_back(line);
}

// A process of the client that has nothing open.
Process IntervalHistory::claim(Process client) {
  const auto [free, is_new] = free_.try_emplace(client);
  if (is_new) return client;
  if (free->second.empty()) return next_process_++;
  const Process process = free->second.back();
  free->second.pop_back();
  return process;
}

void IntervalHistory::finish(RecordedHistory& history) && {
  std::vector<Event> events;
  events.reserve(ops_.size());
  Time last = 0;
  for (std::uint32_t i = 0; i < lines_.size(); ++i) {
    const Op& invoked = ops_[2 * std::size_t{i}];
    const Op& completed = ops_[2 * std::size_t{i} + 1];
    events.push_back({invoked.time, false, i});
    events.push_back({completed.time, true, i});
    last = std::max({last, invoked.time, completed.time == kNever ? last : completed.time});
  }
  std::sort(events.begin(), events.end(),
            [](const Event& a, const Event& b) { return a.key() < b.key(); });
  history.ops.reserve(history.ops.size() + events.size());
  history.lines.reserve(history.lines.size() + events.size());
  for (const Event& event : events) {
    Op& invoked = ops_[2 * std::size_t{event.interval}];
    Op& completed = ops_[2 * std::size_t{event.interval} + 1];
    Op& op = event.is_completion ? completed : invoked;
    if (event.is_completion) {
      // An info ends the process, so it is not free again.
      if (op.type != OpType::info) free_[op.process].push_back(invoked.process);
      op.process = invoked.process;
      op.time = std::min(op.time, last);
    } else {
      op.process = claim(op.process);
    }
    history.ops.push_back(event.is_completion ? std::move(op) : op);
    history.lines.push_back(lines_[event.interval]);
  }
}

}  // namespace faultline::formats
