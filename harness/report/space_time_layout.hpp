// SpaceTimeLayout: where the lines of a space-time diagram stand, and how time maps to its height.
// From left to right: the time axis, a strip for each fault, a lane for each client, the nodes.
// Plain values; refers to nothing.
#pragma once

#include <optional>
#include <vector>

#include "harness/report/space_time.hpp"

namespace faultline {

class SpaceTimeLayout {
 public:
  static constexpr double kNodeGap = 200;
  static constexpr double kLane = 150;
  static constexpr double kStrip = 15;

  explicit SpaceTimeLayout(const SpaceTime& diagram);

  double top() const { return 112; }
  double bottom() const { return top() + body_; }
  double left() const { return 74; }  // of what is not the axis
  double right() const { return right_; }
  double width() const { return right_ + 12; }
  double height() const { return bottom() + 96; }

  double y(Time time) const;         // above top() or below bottom() outside of the window
  double y_inside(Time time) const;  // not so
  double strip(std::size_t fault) const { return left() + kStrip * strips_[fault]; }
  double lane(std::size_t operation) const;
  double node(NodeId node) const { return first_node_ + kNodeGap * node; }

  const std::vector<Process>& processes() const { return processes_; }  // from left to right
  double lane_of(Process process) const;

 private:
  SpaceTime::Window window_;
  double body_;
  std::vector<int> strips_;  // by fault: which column of strips it is in
  std::vector<Process> processes_;
  std::vector<Process> process_of_;  // by operation
  double first_lane_;
  double first_node_;
  double right_;
};

// By message: the operation that it is a request of, or the answer to one. A client sends its first
// request when the operation is invoked, and follows a redirection as soon as it is told; what
// cannot be told from that has none.
std::vector<std::optional<std::size_t>> operations_of_messages(const SpaceTime& diagram);

}  // namespace faultline
