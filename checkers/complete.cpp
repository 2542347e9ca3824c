#include "checkers/complete.hpp"

#include <fmt/format.h>

namespace faultline {
namespace {

// Why healing failed; empty if it did not.
Symbol not_healed(const History& history) {
  for (const Op& op : history) {
    if (op.is_nemesis() && op.f == f::kHealed && op.type == OpType::info) return op.error;
  }
  return {};
}

class Complete final : public Checker {
 public:
  std::string name() const override { return "complete"; }

  Report check(const History& history, const Watch&) const override {
    Report report;
    report.checker = name();
    const bool whole = !history.empty() && history.back().is_nemesis() &&
                       history.back().f == f::kFinished && history.back().type == OpType::info;
    if (!whole) {
      report.reason = fmt::format("the history breaks off after {:.3f} s",
                                  history.empty() ? 0.0 : to_seconds(history.back().time));
    } else if (history.back().error == kInterrupted) {
      report.reason = "the run was interrupted before its time";
    } else if (history.back().error == kViolation) {
      report.reason = "the run was stopped at a violation before its time";
    } else if (const Symbol error = not_healed(history); !error.empty()) {
      report.reason = fmt::format("what was broken could not be mended: {}", error.name());
    } else {
      report.verdict = Verdict::valid;
    }
    return report;
  }
};

}  // namespace

std::unique_ptr<Checker> make_complete() {
  return std::make_unique<Complete>();
}

}  // namespace faultline
