#include "harness/cli/drawable_history.hpp"

#include <algorithm>

#include "harness/report/run_page.hpp"

namespace faultline::cli {
namespace {

bool is_far(const Op& op) {
  return op.time > DrawableHistory::kFarthest || op.time < -DrawableHistory::kFarthest;
}

}  // namespace

DrawableHistory::DrawableHistory(const History& history)
    : history_(history),
      timed_(std::ranges::any_of(history, [](const Op& op) { return op.time; })) {
  if (!timed_) {
    changed_ = history;
    Time number = 0;
    for (Op& op : *changed_) op.time = ++number * RunPage::kTimeless;
  } else if (std::ranges::any_of(history, is_far)) {
    changed_ = history;
    for (Op& op : *changed_) op.time = std::clamp(op.time, -kFarthest, kFarthest);
  }
}

}  // namespace faultline::cli
