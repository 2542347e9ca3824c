#include "harness/run/schedule.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace faultline {
namespace {

bool is_mark(const Op& op, Symbol f) {
  return op.is_nemesis() && op.f == f;
}

// What was seen, not decided.
bool is_news(const Op& op) {
  return is_mark(op, f::kLeader) || is_mark(op, f::kDied);
}

// What completed the nemesis's op that was invoked at this position; news may come in between.
const Op* completion_of_fault(const History& history, std::size_t invocation) {
  for (std::size_t i = invocation + 1; i < history.size(); ++i) {
    if (history[i].is_nemesis() && !is_news(history[i])) return &history[i];
  }
  return nullptr;
}

// The ops of a phase by the threads that carry them out, the nemesis's last.
class Timetable {
 public:
  Timetable(std::shared_ptr<const ScheduledPhase> phase, int concurrency)
      : phase_(std::move(phase)), by_thread_(static_cast<std::size_t>(concurrency) + 1) {
    for (std::size_t i = 0; i < phase_->ops.size(); ++i) {
      const Process process = phase_->ops[i].process;
      const int thread = process == kNemesis ? concurrency : process % concurrency;
      by_thread_[static_cast<std::size_t>(thread)].push_back(i);
    }
  }

  const Op& op(std::size_t position) const { return phase_->ops[position]; }
  const std::vector<std::size_t>& of_thread(std::size_t thread) const { return by_thread_[thread]; }
  std::size_t threads() const { return by_thread_.size(); }
  Time end() const { return phase_->end; }

 private:
  std::shared_ptr<const ScheduledPhase> phase_;
  std::vector<std::vector<std::size_t>> by_thread_;  // positions
};

class Scheduled final : public Generator {
 public:
  Scheduled(std::shared_ptr<const Timetable> table, Duration late)
      : table_(std::move(table)), late_(late), done_(table_->threads()) {}

  Next next(const Gen& self, const Context& context) const override {
    bool exhausted = true;
    std::optional<std::size_t> first;  // in the order of the schedule
    std::size_t its_thread = 0;
    for (std::size_t thread = 0; thread < done_.size(); ++thread) {
      const auto& ops = table_->of_thread(thread);
      if (done_[thread] == ops.size()) continue;
      exhausted = false;
      if (!context.free().contains(static_cast<int>(thread))) continue;
      const std::size_t position = ops[done_[thread]];
      if (first && *first < position) continue;
      first = position;
      its_thread = thread;
    }
    if (first) return give(*first, its_thread, context);
    if (!exhausted) return Next::wait(self);  // for a busy thread
    const Time end = table_->end() + late_;
    return context.time < end ? Next::wait(self, end) : Next::finished();
  }

 private:
  Next give(std::size_t position, std::size_t thread, const Context& context) const {
    Op op = table_->op(position);
    op.time = std::max(op.time + late_, context.time);
    op.process = context.process_of(static_cast<int>(thread));
    auto rest = std::make_shared<Scheduled>(*this);
    ++rest->done_[thread];
    return Next::emit(std::move(op), std::move(rest));
  }

  std::shared_ptr<const Timetable> table_;
  Duration late_;
  std::vector<std::size_t> done_;  // by thread: how many of its ops were given
};

// Knows nothing yet of the threads, nor of the time at which the phase begins.
class Unstarted final : public Generator {
 public:
  explicit Unstarted(ScheduledPhase phase)
      : phase_(std::make_shared<const ScheduledPhase>(std::move(phase))) {}

  Next next(const Gen&, const Context& context) const override {
    const Time begin = phase_->ops.empty() ? phase_->end : phase_->ops.front().time;
    const Duration late = std::max<Duration>(0, context.time - begin);
    auto table = std::make_shared<const Timetable>(phase_, context.concurrency());
    return faultline::next(std::make_shared<Scheduled>(std::move(table), late), context);
  }

 private:
  std::shared_ptr<const ScheduledPhase> phase_;
};

void sort_by_time(ScheduledPhase& phase) {
  std::ranges::stable_sort(phase.ops, {}, &Op::time);
  if (!phase.ops.empty()) phase.end = std::max(phase.end, phase.ops.back().time);
}

Op mark(Symbol f, Time time) {
  Op op = invocation(f);
  op.process = kNemesis;
  op.time = time;
  return op;
}

}  // namespace

Schedule schedule_of(const History& history, Aims aims) {
  std::vector<Op> ops;
  for (std::size_t i = 0; i < history.size(); ++i) {
    Op op = history[i];
    if (op.type != OpType::invoke || is_news(op)) continue;
    if (op.is_nemesis() && aims == Aims::as_hit && !is_mark(op, f::kHealed) &&
        !is_mark(op, f::kFinished)) {
      const Op* done = completion_of_fault(history, i);
      if (done == nullptr || !done->error.empty()) continue;
      op.value = done->value;
    }
    ops.push_back(std::move(op));
  }
  return schedule_from(std::move(ops));
}

std::vector<Op> to_ops(const Schedule& schedule) {
  std::vector<Op> ops = schedule.main.ops;
  if (!schedule.last) {
    const bool waits = schedule.main.end > (ops.empty() ? 0 : ops.back().time);
    if (waits) ops.push_back(mark(f::kFinished, schedule.main.end));
    return ops;
  }
  ops.push_back(mark(f::kHealed, schedule.main.end));
  ops.insert(ops.end(), schedule.last->ops.begin(), schedule.last->ops.end());
  ops.push_back(mark(f::kFinished, schedule.last->end));
  return ops;
}

Schedule schedule_from(std::vector<Op> ops) {
  Schedule schedule;
  for (Op& op : ops) {
    ScheduledPhase& phase = schedule.last ? *schedule.last : schedule.main;
    if (is_mark(op, f::kHealed)) {
      phase.end = op.time;
      schedule.last.emplace();
    } else if (is_mark(op, f::kFinished)) {
      phase.end = op.time;
    } else {
      phase.ops.push_back(std::move(op));
    }
  }
  sort_by_time(schedule.main);
  if (schedule.last) sort_by_time(*schedule.last);
  return schedule;
}

Gen scheduled(const ScheduledPhase& phase) {
  return std::make_shared<Unstarted>(phase);
}

}  // namespace faultline
