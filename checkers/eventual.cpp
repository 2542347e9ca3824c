#include "checkers/eventual.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "checkers/accesses.hpp"

namespace faultline {
namespace {

// A set of writes of a key, by their index.
class WriteSet {
 public:
  explicit WriteSet(std::size_t writes = 0) : words_((writes + 63) / 64) {}
  void insert(std::size_t write) { words_[write / 64] |= std::uint64_t{1} << (write % 64); }
  bool contains(std::size_t write) const { return (words_[write / 64] >> (write % 64) & 1) != 0; }
  void add(const WriteSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }

 private:
  std::vector<std::uint64_t> words_;
};

// By write, what its process had seen before; itself included. Nothing was read out of thin air.
std::vector<WriteSet> seen_by_writers(const KeyAccesses& accesses) {
  struct Event {
    std::uint32_t at;
    const Access* read;  // null: it is a write's invocation
    std::size_t write;
  };
  std::vector<Event> events;
  for (const Access& read : accesses.reads) events.push_back({read.returned, &read, 0});
  for (std::size_t i = 0; i < accesses.writes.size(); ++i) {
    events.push_back({accesses.writes[i].invoked, nullptr, i});
  }
  std::ranges::sort(events, {}, &Event::at);

  const std::size_t count = accesses.writes.size();
  std::vector<WriteSet> by_write(count, WriteSet(count));
  std::map<Process, WriteSet> by_process;
  for (const Event& event : events) {
    const Process process =
        event.read != nullptr ? event.read->process : accesses.writes[event.write].process;
    WriteSet& seen = by_process.try_emplace(process, count).first->second;
    if (event.read == nullptr) {
      // A process goes on only after a write of known outcome: that it is done is no news to it.
      seen.insert(event.write);
      by_write[event.write] = seen;
      continue;
    }
    for (const std::int64_t value : event.read->values) {
      seen.add(by_write[accesses.written.at(value)]);
    }
  }
  return by_write;
}

struct Finding {
  Verdict verdict = Verdict::valid;
  std::string what;
  std::vector<std::uint32_t> events;
  std::optional<std::uint32_t> failing = std::nullopt;  // invocation of the op that shows it

  static Finding invalid(std::string what) { return {Verdict::invalid, std::move(what), {}}; }
  // The last one shows it.
  Finding& with(const Access& access) {
    events.push_back(access.invoked);
    if (access.returned != Access::kOpen) events.push_back(access.returned);
    failing = access.invoked;
    return *this;
  }
};

std::string shown(const std::vector<std::int64_t>& values) {
  if (values.empty()) return "nil";
  if (values.size() == 1) return std::to_string(values.front());
  return fmt::format("[{}]", fmt::join(values, " "));
}

class Eventual final : public Checker {
 public:
  explicit Eventual(const EventualOptions& options) : options_(options) {}

  std::string name() const override {
    return options_.no_lost_writes ? "no-lost-writes" : "eventual";
  }

  Report check(const History& history, const Watch&) const override {
    Report report;
    report.checker = name();
    const auto keys = read_accesses(history);
    if (!keys) {
      report.reason = "the history cannot be checked: " + keys.error().error().message;
      return report;
    }
    const auto quiet = quiet_since(history);
    if (!quiet) {
      report.reason = "the history ends before everything was healed";
      return report;
    }
    Totals totals;
    report.verdict = Verdict::valid;
    for (const KeyAccesses& accesses : *keys) {
      judge(history, accesses, *quiet + options_.settle, totals, report);
    }
    report.facts.emplace_back("keys", static_cast<std::int64_t>(keys->size()));
    report.facts.emplace_back("final_reads", totals.final_reads);
    report.facts.emplace_back("settle_ms", options_.settle / kMillisecond);
    report.facts.emplace_back("siblings", totals.siblings);
    if (!totals.invalid.empty()) {
      report.facts.emplace_back("invalid_keys", Value(std::move(totals.invalid)));
    }
    if (totals.failing_op) {
      report.facts.emplace_back("failing_op", static_cast<std::int64_t>(*totals.failing_op));
    }
    return report;
  }

 private:
  struct Totals {
    std::int64_t final_reads = 0;
    std::int64_t siblings = 0;
    Value::List invalid;
    std::optional<std::uint32_t> failing_op;  // of what is told
  };

  // Since when nothing is broken or written any more.
  static std::optional<Time> quiet_since(const History& history) {
    std::optional<Time> healed;
    Time written = 0;
    for (const Op& op : history) {
      if (op.is_nemesis() && op.f == f::kHealed && op.type == OpType::info) healed = op.time;
      if (!op.is_nemesis() && op.f == f::kWrite) written = op.time;
    }
    if (!healed) return std::nullopt;
    return std::max(*healed, written);
  }

  void judge(const History& history, const KeyAccesses& accesses, Time settled, Totals& totals,
             Report& report) const {
    std::vector<const Access*> final_reads;
    for (const Access& read : accesses.reads) {
      totals.siblings = std::max(totals.siblings, static_cast<std::int64_t>(read.values.size()));
      if (history[read.invoked].time >= settled) final_reads.push_back(&read);
    }
    totals.final_reads += static_cast<std::int64_t>(final_reads.size());
    Finding finding = examine(accesses, final_reads);
    if (finding.verdict == Verdict::invalid) totals.invalid.push_back(accesses.key);
    if (finding.verdict <= report.verdict) return;  // the first of the worst is told
    report.verdict = finding.verdict;
    totals.failing_op = finding.failing;
    const Value& key = accesses.key;
    const std::string of_key = key.is_nothing() ? "" : fmt::format("key {}: ", key.to_string());
    report.reason = of_key + finding.what;
    report.text = finding.events.empty() ? "" : report.reason + "\n\n";
    std::ranges::sort(finding.events);
    for (const std::uint32_t event : finding.events) report.text += event_line(history, event);
  }

  Finding examine(const KeyAccesses& accesses,
                  const std::vector<const Access*>& final_reads) const {
    for (const Access& read : accesses.reads) {
      if (auto wrong = thin_air(accesses, read)) return Finding::invalid(*wrong).with(read);
    }
    for (const Access* read : final_reads) {
      const Access& first = *final_reads.front();
      if (read->values == first.values) continue;
      return Finding::invalid(fmt::format("in the end process {} reads {}, but process {} reads {}",
                                          first.process, shown(first.values), read->process,
                                          shown(read->values)))
          .with(first)
          .with(*read);
    }
    if (!final_reads.empty()) {
      if (auto lost = find_lost(accesses, *final_reads.front())) return *lost;
    }
    return enough(accesses, final_reads);
  }

  std::optional<Finding> find_lost(const KeyAccesses& accesses, const Access& last) const {
    const std::vector<WriteSet> seen =
        options_.no_lost_writes ? seen_by_writers(accesses) : std::vector<WriteSet>();
    for (std::size_t i = 0; i < accesses.writes.size(); ++i) {
      const Access& write = accesses.writes[i];
      if (write.returned == Access::kOpen) continue;
      const auto keeps = [&](std::int64_t value) {
        return !options_.no_lost_writes || seen[accesses.written.at(value)].contains(i);
      };
      if (std::ranges::any_of(last.values, keeps)) continue;
      return Finding::invalid(
                 fmt::format("the write of {} was acknowledged, but in the end process "
                             "{} reads {}, {}",
                             write.values.front(), last.process, shown(last.values),
                             last.values.empty() ? "as if nothing had been written"
                                                 : "of which no writer had seen it"))
          .with(write)
          .with(last);
    }
    return std::nullopt;
  }

  static Finding enough(const KeyAccesses& accesses,
                        const std::vector<const Access*>& final_reads) {
    std::set<Process> readers;
    for (const Access* read : final_reads) readers.insert(read->process);
    if (readers.size() >= 2 || accesses.writes.empty()) return {};
    return {Verdict::unknown,
            fmt::format("in the end it was read by {}, expected two processes or more",
                        readers.empty() ? "nobody" : "one process"),
            {}};
  }

  const EventualOptions options_;
};

}  // namespace

std::unique_ptr<Checker> make_eventual(const EventualOptions& options) {
  return std::make_unique<Eventual>(options);
}

}  // namespace faultline
