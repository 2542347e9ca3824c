#include "checkers/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace faultline {
namespace {

// A multiple of a millisecond would hide what happens within one.
std::string milliseconds(Duration duration) {
  return fmt::format("{}.{:03} ms", duration / kMillisecond,
                     duration % kMillisecond / kMicrosecond);
}

// The first op after `heal` that was invoked after it and succeeded.
const Op* first_success(const History& history, std::size_t heal) {
  std::set<Process> invoked;
  for (std::size_t i = heal + 1; i < history.size(); ++i) {
    const Op& op = history[i];
    if (op.type == OpType::invoke) invoked.insert(op.process);
    if (op.type == OpType::ok && invoked.contains(op.process)) return &op;
  }
  return nullptr;
}

class Recovery final : public Checker {
 public:
  explicit Recovery(Duration bound) : bound_(bound) {}

  std::string name() const override { return "recovery"; }

  Report check(const History& history, const Watch&) const override {
    Report report;
    report.checker = name();
    report.facts.emplace_back("bound_ms", bound_ / kMillisecond);
    const auto healed = std::find_if(history.begin(), history.end(), [](const Op& op) {
      return op.is_nemesis() && op.f == f::kHealed && op.type == OpType::info;
    });
    if (healed == history.end()) {
      report.reason = "the history ends before everything was healed";
    } else if (!healed->error.empty()) {
      report.reason = "what was broken could not be mended";
    } else {
      judge(history, static_cast<std::size_t>(healed - history.begin()), report);
    }
    return report;
  }

 private:
  void judge(const History& history, std::size_t heal, Report& report) const {
    const Time healed = history[heal].time;
    if (const Op* success = first_success(history, heal)) {
      const Duration took = success->time - healed;
      report.facts.emplace_back("recovery_ms", took / kMillisecond);
      report.verdict = took <= bound_ ? Verdict::valid : Verdict::invalid;
      if (took > bound_) {
        report.reason =
            fmt::format("the cluster served again only {} after the last heal; the bound is {}",
                        milliseconds(took), milliseconds(bound_));
      }
      return;
    }
    const Duration waited = history.back().time - healed;
    const bool tried =
        std::any_of(history.begin() + static_cast<std::ptrdiff_t>(heal), history.end(),
                    [](const Op& op) { return op.type == OpType::invoke; });
    report.verdict = tried && waited > bound_ ? Verdict::invalid : Verdict::unknown;
    const char* what = tried ? "no operation succeeded" : "no operation was invoked";
    report.reason = fmt::format("{} in the {} after the last heal; the bound is {}", what,
                                milliseconds(waited), milliseconds(bound_));
  }

  const Duration bound_;
};

}  // namespace

std::unique_ptr<Checker> make_recovery(Duration bound) {
  return std::make_unique<Recovery>(bound);
}

}  // namespace faultline
