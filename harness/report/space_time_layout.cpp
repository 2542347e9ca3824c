#include "harness/report/space_time_layout.hpp"

#include <algorithm>
#include <map>

namespace faultline {
namespace {

// The first column of strips in which there is room, for each fault.
std::vector<int> columns(const std::vector<SpaceTime::Fault>& faults) {
  std::vector<int> columns;
  std::vector<Time> free_from;  // by column
  for (const SpaceTime::Fault& fault : faults) {
    const auto found = std::find_if(free_from.begin(), free_from.end(),
                                    [&](Time end) { return end <= fault.begin; });
    columns.push_back(static_cast<int>(found - free_from.begin()));
    if (found == free_from.end()) {
      free_from.push_back(fault.end);
    } else {
      *found = fault.end;
    }
  }
  return columns;
}

// Higher, the more there is to show.
double body_height(const SpaceTime& diagram) {
  constexpr double kLeast = 640;
  constexpr double kMost = 4200;
  constexpr double kMessage = 8;
  constexpr double kMillisecondHeight = 7;
  const double for_messages = kMessage * static_cast<double>(diagram.messages.size());
  const double for_time =
      kMillisecondHeight * 1000 * to_seconds(diagram.window.to - diagram.window.from);
  return std::clamp(std::max(for_messages, for_time), kLeast, kMost);
}

}  // namespace

SpaceTimeLayout::SpaceTimeLayout(const SpaceTime& diagram)
    : window_(diagram.window), body_(body_height(diagram)), strips_(columns(diagram.faults)) {
  for (const SpaceTime::Operation& op : diagram.operations) process_of_.push_back(op.process);
  processes_ = process_of_;
  std::sort(processes_.begin(), processes_.end());
  processes_.erase(std::unique(processes_.begin(), processes_.end()), processes_.end());
  int strips = 0;
  for (const int strip : strips_) strips = std::max(strips, strip + 1);
  first_lane_ = left() + kStrip * strips + 20;
  first_node_ = first_lane_ + kLane * static_cast<double>(processes_.size()) + 30;
  right_ = node(diagram.nodes - 1) + kNodeGap * 0.7;
}

double SpaceTimeLayout::y(Time time) const {
  const auto length = static_cast<double>(std::max<Duration>(1, window_.to - window_.from));
  const double part = (static_cast<double>(time) - static_cast<double>(window_.from)) / length;
  return top() + body_ * part;
}

double SpaceTimeLayout::y_inside(Time time) const {
  return y(std::clamp(time, window_.from, window_.to));
}

double SpaceTimeLayout::lane_of(Process process) const {
  const auto found = std::lower_bound(processes_.begin(), processes_.end(), process);
  return first_lane_ + kLane * static_cast<double>(found - processes_.begin());
}

double SpaceTimeLayout::lane(std::size_t operation) const {
  return lane_of(process_of_[operation]);
}

namespace {

// "17" of "request 17".
std::string_view request_of(const SpaceTime::Message& message) {
  const std::string_view text = message.text;
  return text.substr(std::min(text.size(), text.find(' ') + 1));
}

}  // namespace

std::vector<std::optional<std::size_t>> operations_of_messages(const SpaceTime& diagram) {
  // A request sent at that time belongs to that operation.
  std::map<Time, std::size_t> begins;
  for (std::size_t i = 0; i < diagram.operations.size(); ++i) {
    begins.emplace(diagram.operations[i].invoked, i);
  }
  // An answer may have been sent before the request that it leads to, but it arrives by then.
  std::map<std::string_view, Time> answered;
  for (const SpaceTime::Message& message : diagram.messages) {
    if (message.to == kClients && !message.lost) answered[request_of(message)] = message.ended;
  }
  std::map<std::string_view, std::size_t> operation_of;  // by request
  for (const SpaceTime::Message& message : diagram.messages) {
    if (message.from != kClients) continue;
    const auto found = begins.find(message.sent);
    if (found == begins.end()) continue;
    const SpaceTime::Operation& op = diagram.operations[found->second];
    operation_of[request_of(message)] = found->second;
    const auto answer = answered.find(request_of(message));
    if (answer != answered.end() && answer->second < op.completed) {
      begins.emplace(answer->second, found->second);
    }
  }
  std::vector<std::optional<std::size_t>> operations;
  for (const SpaceTime::Message& message : diagram.messages) {
    const auto found = operation_of.find(request_of(message));
    const bool is_client = message.from == kClients || message.to == kClients;
    operations.push_back(is_client && found != operation_of.end() ? std::optional(found->second)
                                                                  : std::nullopt);
  }
  return operations;
}

}  // namespace faultline
