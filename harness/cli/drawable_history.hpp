// DrawableHistory: a history whose times can be drawn: as they are; where nobody recorded any, each
// event at the time of its number; and none so far away that the time between two of them could not
// be counted. Refers to the history, which must outlive it.
#pragma once

#include <cstddef>
#include <optional>

#include "harness/core/op.hpp"

namespace faultline::cli {

class DrawableHistory {
 public:
  static constexpr Time kFarthest = Time{1} << 61;  // 73 years: times of day fit

  explicit DrawableHistory(const History& history);

  bool timed() const { return timed_; }
  bool has_far_times() const { return timed_ && changed_; }
  const History& ops() const { return changed_ ? *changed_ : history_; }

 private:
  const History& history_;
  bool timed_ = false;
  std::optional<History> changed_;
};

}  // namespace faultline::cli
