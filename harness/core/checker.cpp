#include "harness/core/checker.hpp"

#include <exception>
#include <new>

namespace faultline {
namespace {

class Composed final : public Checker {
 public:
  explicit Composed(std::vector<std::unique_ptr<Checker>> checkers)
      : checkers_(std::move(checkers)) {}

  std::string name() const override { return "composed"; }

  Report check(const History& history, const Watch& watch) const override {
    Report report;
    report.checker = name();
    report.verdict = Verdict::valid;
    for (const auto& checker : checkers_) {
      Report part = check_safely(*checker, history, watch);
      if (part.verdict > report.verdict) {
        report.verdict = part.verdict;
        report.reason = part.reason;
      }
      report.parts.push_back(std::move(part));
    }
    return report;
  }

 private:
  std::vector<std::unique_ptr<Checker>> checkers_;
};

Report failed(const Checker& checker, const std::string& how) {
  Report report;
  report.checker = checker.name();
  report.verdict = Verdict::unknown;
  report.reason = "the checker " + checker.name() + " " + how;
  return report;
}

}  // namespace

Report check_safely(const Checker& checker, const History& history, const Watch& watch) {
  try {
    return checker.check(history, watch);
  } catch (const std::bad_alloc&) {
    return failed(checker, "ran out of memory");
  } catch (const std::exception& e) {
    return failed(checker, std::string("failed: ") + e.what());
  }
}

std::unique_ptr<Checker> compose(std::vector<std::unique_ptr<Checker>> checkers) {
  return std::make_unique<Composed>(std::move(checkers));
}

}  // namespace faultline
