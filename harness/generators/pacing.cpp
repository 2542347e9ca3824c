#include "harness/generators/generators.hpp"
#include "harness/generators/wrapping.hpp"

namespace faultline::gen {
namespace {

Time later(Time time, Duration duration) {
  return duration > kNever - time ? kNever : time + duration;
}

// Stagger and delay: ops at intervals, random or fixed.
class Paced final : public Wrapping<Paced> {
 public:
  enum class Interval { fixed, random };
  Paced(Interval interval, Duration mean, Time soonest, Gen gen)
      : Wrapping(std::move(gen)), interval_(interval), mean_(mean), soonest_(soonest) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(inner(), context);
    if (n.kind == Next::Kind::op) {
      n.op.time = std::max(n.op.time, soonest_);
      const bool random = interval_ == Interval::random;
      const Time after = later(n.op.time, random ? context.rng().around(mean_) : mean_);
      if (n.rest) n.rest = std::make_shared<Paced>(interval_, mean_, after, std::move(n.rest));
    } else if (n.kind == Next::Kind::pending) {
      n.rest = rewrap(self, std::move(n.rest));
    }
    return n;
  }

 private:
  Interval interval_;
  Duration mean_;
  Time soonest_;  // for the next op
};

class TimeLimit final : public Wrapping<TimeLimit> {
 public:
  TimeLimit(Duration duration, Time cutoff, Gen gen)
      : Wrapping(std::move(gen)), duration_(duration), cutoff_(cutoff) {}

  Next next(const Gen& self, const Context& context) const override {
    if (context.time >= cutoff_) return Next::finished();
    Next n = faultline::next(inner(), context);
    if (n.kind == Next::Kind::op) {
      if (n.op.time >= cutoff_) return Next::wait(self, cutoff_);
      n.rest = cutoff_ == kNever ? begun(later(n.op.time, duration_), std::move(n.rest))
                                 : rewrap(self, std::move(n.rest));
    } else if (n.kind == Next::Kind::pending) {
      n.wake = std::min(n.wake, cutoff_);
      n.rest = rewrap(self, std::move(n.rest));
    }
    return n;
  }

 private:
  Gen begun(Time cutoff, Gen rest) const {
    return rest ? std::make_shared<TimeLimit>(duration_, cutoff, std::move(rest)) : nullptr;
  }

  Duration duration_;
  Time cutoff_;  // kNever before the first op
};

}  // namespace

Gen stagger(Duration mean, Gen gen) {
  return gen ? std::make_shared<Paced>(Paced::Interval::random, mean, 0, std::move(gen)) : nullptr;
}

Gen delay(Duration interval, Gen gen) {
  return gen ? std::make_shared<Paced>(Paced::Interval::fixed, interval, 0, std::move(gen))
             : nullptr;
}

Gen time_limit(Duration duration, Gen gen) {
  if (!gen || duration <= 0) return nullptr;
  return std::make_shared<TimeLimit>(duration, kNever, std::move(gen));
}

}  // namespace faultline::gen
