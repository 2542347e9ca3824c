#include "checkers/regular.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checkers/accesses.hpp"

namespace faultline {
namespace {

// For a moment in real time: which of the writes completed by then was invoked last.
class LatestWrites {
 public:
  explicit LatestWrites(const std::vector<Access>& writes) {
    for (const Access& write : writes) {
      if (write.returned != Access::kOpen) by_return_.push_back(&write);
    }
    std::ranges::sort(by_return_, {}, [](const Access* write) { return write->returned; });
    const Access* latest = nullptr;
    for (const Access* write : by_return_) {
      if (latest == nullptr || write->invoked > latest->invoked) latest = write;
      invoked_last_.push_back(latest);
    }
  }

  // Null: none was completed.
  const Access* before(std::uint32_t position) const {
    const auto end = std::ranges::lower_bound(by_return_, position, {},
                                              [](const Access* write) { return write->returned; });
    if (end == by_return_.begin()) return nullptr;
    return invoked_last_[static_cast<std::size_t>(end - by_return_.begin()) - 1];
  }

 private:
  std::vector<const Access*> by_return_;
  std::vector<const Access*> invoked_last_;  // of those up to here
};

struct Violation {
  std::string what;
  std::vector<std::uint32_t> events;  // first the read that shows it
};

void add_events(const Access& access, std::vector<std::uint32_t>& events) {
  events.push_back(access.invoked);
  if (access.returned != Access::kOpen) events.push_back(access.returned);
}

std::optional<Violation> judge(const KeyAccesses& accesses, const LatestWrites& latest,
                               const Access& read) {
  Violation violation;
  add_events(read, violation.events);
  if (const auto wrong = thin_air(accesses, read)) {
    violation.what = *wrong;
    return violation;
  }
  if (read.values.size() > 1) {
    violation.what =
        fmt::format("process {} read {} values at once", read.process, read.values.size());
    return violation;
  }
  const Access* newer = latest.before(read.invoked);
  if (newer == nullptr) return std::nullopt;
  if (read.values.empty()) {
    violation.what = fmt::format("process {} read nil, though the write of {} was done before",
                                 read.process, newer->values.front());
  } else {
    const Access& seen = accesses.writes[accesses.written.at(read.values.front())];
    if (!seen.is_before(*newer)) return std::nullopt;
    violation.what = fmt::format(
        "process {} read {}, though after that {} was written before it "
        "read",
        read.process, read.values.front(), newer->values.front());
    add_events(seen, violation.events);
  }
  add_events(*newer, violation.events);
  return violation;
}

class Regular final : public Checker {
 public:
  std::string name() const override { return "regular"; }

  Report check(const History& history, const Watch&) const override {
    Report report;
    report.checker = name();
    const auto keys = read_accesses(history);
    if (!keys) {
      report.reason = "the history cannot be checked: " + keys.error().error().message;
      return report;
    }
    std::size_t reads = 0;
    std::size_t writes = 0;
    Value::List invalid;
    std::uint32_t failing_op = 0;
    for (const KeyAccesses& accesses : *keys) {
      reads += accesses.reads.size();
      writes += accesses.writes.size();
      const std::optional<Violation> violation = first_violation(accesses);
      if (!violation) continue;
      if (invalid.empty()) {
        failing_op = violation->events.front();
        tell(history, accesses.key, *violation, report);
      }
      invalid.push_back(accesses.key);
    }
    report.verdict = invalid.empty() ? Verdict::valid : Verdict::invalid;
    report.facts.emplace_back("keys", static_cast<std::int64_t>(keys->size()));
    report.facts.emplace_back("reads", static_cast<std::int64_t>(reads));
    report.facts.emplace_back("writes", static_cast<std::int64_t>(writes));
    if (!invalid.empty()) {
      report.facts.emplace_back("invalid_keys", Value(std::move(invalid)));
      report.facts.emplace_back("failing_op", static_cast<std::int64_t>(failing_op));
    }
    return report;
  }

 private:
  static std::optional<Violation> first_violation(const KeyAccesses& accesses) {
    const LatestWrites latest(accesses.writes);
    for (const Access& read : accesses.reads) {
      if (auto violation = judge(accesses, latest, read)) return violation;
    }
    return std::nullopt;
  }

  static void tell(const History& history, const Value& key, Violation violation, Report& report) {
    const std::string of_key = key.is_nothing() ? "" : fmt::format("key {}: ", key.to_string());
    report.reason = of_key + violation.what;
    report.text = fmt::format("Not a regular register: {}\n\n", report.reason);
    std::ranges::sort(violation.events);
    for (const std::uint32_t event : violation.events) report.text += event_line(history, event);
  }
};

}  // namespace

std::unique_ptr<Checker> make_regular() {
  return std::make_unique<Regular>();
}

}  // namespace faultline
