// Generators for a part of the threads each: each_thread, each_process, reserve.
#include <numeric>

#include "harness/generators/generators.hpp"
#include "harness/generators/groups.hpp"
#include "harness/generators/shared_array.hpp"

namespace faultline::gen {
namespace {

std::vector<int> threads_of(const Context& context) {
  std::vector<int> threads;
  context.all().for_each([&threads](int thread) { threads.push_back(thread); });
  return threads;
}

// How threads are divided, and what each group begins with.
class Division {
 public:
  virtual ~Division() = default;
  virtual Groups groups(const Context& context) const = 0;
  virtual Gen first(std::size_t group) const = 0;
  // Whether a group that gave nothing may give something after an event.
  virtual bool may_revive() const = 0;
};

class ByThread final : public Division {
 public:
  explicit ByThread(Gen gen) : gen_(std::move(gen)) {}

  Groups groups(const Context& context) const override {
    Groups groups(context);
    for (const int thread : threads_of(context)) groups.add({thread});
    return groups;
  }
  Gen first(std::size_t) const override { return gen_; }
  bool may_revive() const override { return true; }

 private:
  Gen gen_;
};

class ByReservation final : public Division {
 public:
  explicit ByReservation(std::vector<Reservation> parts) : parts_(std::move(parts)) {}

  Groups groups(const Context& context) const override {
    Groups groups(context);
    std::vector<int> threads = threads_of(context);
    auto begin = threads.begin();
    for (const Reservation& part : parts_) {
      const auto count = std::min<std::ptrdiff_t>(part.count, threads.end() - begin);
      groups.add({begin, begin + count});
      begin += count;
    }
    return groups;
  }
  Gen first(std::size_t group) const override { return parts_[group].gen; }
  bool may_revive() const override { return false; }

 private:
  std::vector<Reservation> parts_;  // the last takes what remains
};

class Divided final : public Generator {
 public:
  using Slots = SharedArray<Gen>;
  explicit Divided(std::shared_ptr<const Division> division) : division_(std::move(division)) {}

  Next next(const Gen& self, const Context& context) const override {
    if (!groups_) {
      const auto begun = begin(context);
      return begun->next(begun, context);
    }
    Slots slots = slots_;
    bool changed = false;
    auto ask = [&](std::size_t group, const Context& its_context) {
      Next n = faultline::next(slots_[group], its_context);
      const bool ended = n.kind == Next::Kind::done && !division_->may_revive();
      if ((ended || n.kind == Next::Kind::pending) && n.rest != slots_[group]) {
        slots.set(group, n.rest);
        changed = true;
      }
      return n;
    };
    Soonest soonest = ask_groups(*groups_, context, ask);
    if (soonest.has_op()) {
      Next n = std::move(soonest.best());
      changed = changed || n.rest != slots[soonest.index()];
      if (changed) slots.set(soonest.index(), std::move(n.rest));
      n.rest = changed ? with(std::move(slots)) : self;
      return n;
    }
    if (!soonest.is_pending() && is_over(slots, context)) return Next::finished();
    return Next::wait(changed ? with(std::move(slots)) : self, soonest.wake());
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    if (!groups_) return begin(context)->update(self, context, event);
    const std::size_t group = groups_->of_thread(context.thread_of(event.process));
    if (group == Groups::kNoGroup) return self;
    const Context its_context = context.restricted_to(groups_->members(group));
    Gen updated = faultline::update(slots_[group], its_context, event);
    if (updated == slots_[group]) return self;
    Slots slots = slots_;
    slots.set(group, std::move(updated));
    return with(std::move(slots));
  }

 private:
  std::shared_ptr<const Divided> begin(const Context& context) const {
    auto begun = std::make_shared<Divided>(*this);
    begun->groups_ = std::make_shared<const Groups>(division_->groups(context));
    begun->slots_ = Slots(begun->groups_->size(), nullptr);
    for (std::size_t i = 0; i < begun->groups_->size(); ++i) {
      const bool has_threads = !begun->groups_->members(i).empty();
      if (has_threads) begun->slots_.set(i, division_->first(i));
    }
    return begun;
  }

  Gen with(Slots slots) const {
    auto copy = std::make_shared<Divided>(*this);
    copy->slots_ = std::move(slots);
    return copy;
  }

  // No free thread has anything to do: is there nothing to come from the busy ones, either?
  bool is_over(const Slots& slots, const Context& context) const {
    if (context.free() == context.all()) return true;
    if (division_->may_revive()) return false;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (slots[i]) return false;
    }
    return true;
  }

  std::shared_ptr<const Division> division_;
  std::shared_ptr<const Groups> groups_;  // null before the first ask
  Slots slots_;
};

// For a single thread: begins afresh when the thread runs another process.
class PerProcess final : public Generator {
 public:
  PerProcess(Gen fresh, Process process, Gen current)
      : fresh_(std::move(fresh)), process_(process), current_(std::move(current)) {}

  Next next(const Gen& self, const Context& context) const override {
    const Process process = context.process_of(context.all().nth(0));
    Next n = faultline::next(process == process_ ? current_ : fresh_, context);
    if (n.kind != Next::Kind::done) n.rest = with(self, process, std::move(n.rest));
    return n;
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    return with(self, process_, faultline::update(current_, context, event));
  }

  static constexpr Process kNoProcess = -3;

 private:
  Gen with(const Gen& self, Process process, Gen current) const {
    if (process == process_ && current == current_) return self;
    return std::make_shared<PerProcess>(fresh_, process, std::move(current));
  }

  Gen fresh_;
  Process process_;
  Gen current_;  // null: this process has done all it had to
};

}  // namespace

Gen each_thread(Gen gen) {
  if (!gen) return nullptr;
  return std::make_shared<Divided>(std::make_shared<const ByThread>(std::move(gen)));
}

Gen each_process(const Gen& gen) {
  if (!gen) return nullptr;
  return each_thread(std::make_shared<PerProcess>(gen, PerProcess::kNoProcess, gen));
}

Gen reserve(std::vector<Reservation> reservations, Gen others) {
  reservations.push_back({std::numeric_limits<int>::max(), std::move(others)});
  auto division = std::make_shared<const ByReservation>(std::move(reservations));
  return std::make_shared<Divided>(std::move(division));
}

}  // namespace faultline::gen
