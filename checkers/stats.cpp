#include "checkers/stats.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <string>

#include "harness/core/nemesis_op.hpp"

namespace faultline {
namespace {

struct Counts {
  std::array<std::int64_t, 4> events = {};  // by OpType

  std::int64_t of(OpType type) const { return events[static_cast<std::size_t>(type)]; }
  // What was invoked and never completed is unknown, too.
  std::int64_t unknown() const { return of(OpType::invoke) - of(OpType::ok) - of(OpType::fail); }

  void add(const Op& op) { ++events[static_cast<std::size_t>(op.type)]; }

  void add_facts(const std::string& prefix, Report& report) const {
    report.facts.emplace_back(prefix + "ok", of(OpType::ok));
    report.facts.emplace_back(prefix + "fail", of(OpType::fail));
    report.facts.emplace_back(prefix + "info", unknown());
  }
};

struct Marks {
  LeaderCount leaders;
  std::int64_t deaths = 0;  // of nodes that ended by themselves
};

Marks marks_in(const History& history) {
  Marks marks;
  for (const NemesisOp& of : nemesis_ops(history)) {
    if (!of.completion) continue;
    const Op& op = history[*of.completion];
    if (op.f == f::kDied) ++marks.deaths;
    if (op.f == f::kLeader) marks.leaders.see(op.value);
  }
  return marks;
}

class Stats final : public Checker {
 public:
  explicit Stats(Enough enough) : enough_(enough) {}

  std::string name() const override { return "stats"; }

  Report check(const History& history, const Watch&) const override {
    Counts all;
    std::map<std::string, Counts> by_f;
    for (const Op& op : history) {
      if (op.is_nemesis()) continue;
      all.add(op);
      by_f[op.f.name()].add(op);
    }
    Report report;
    report.checker = name();
    const Marks marks = marks_in(history);
    report.facts.emplace_back("ops", all.of(OpType::invoke));
    all.add_facts("", report);
    for (const auto& [f, counts] : by_f) counts.add_facts(f + ".", report);
    if (marks.deaths > 0) report.facts.emplace_back("deaths", marks.deaths);
    const std::int64_t leaders = marks.leaders.count();
    if (leaders > 0) report.facts.emplace_back("leader_changes", leaders - 1);
    const bool outcomes = enough_ == Enough::an_outcome;
    const bool some = all.of(OpType::ok) > 0 || (outcomes && all.of(OpType::fail) > 0);
    report.verdict = some ? Verdict::valid : Verdict::unknown;
    if (!some) {
      report.reason = fmt::format("nothing succeeded: none of {} ops is {}", all.of(OpType::invoke),
                                  outcomes ? "ok, or known to have failed" : "ok");
    }
    return report;
  }

 private:
  Enough enough_;
};

}  // namespace

std::unique_ptr<Checker> make_stats(Enough enough) {
  return std::make_unique<Stats>(enough);
}

}  // namespace faultline
