#include "harness/generators/generators.hpp"

namespace faultline::gen {
namespace {

class Once final : public Generator {
 public:
  explicit Once(Op op) : op_(std::move(op)) {}

  Next next(const Gen& self, const Context& context) const override {
    return fill_in(op_, self, nullptr, context);
  }

 private:
  Op op_;
};

class RepeatOp final : public Generator {
 public:
  explicit RepeatOp(Op op) : op_(std::move(op)) {}

  Next next(const Gen& self, const Context& context) const override {
    return fill_in(op_, self, self, context);
  }

 private:
  Op op_;
};

// Repeats what `current` does first: it advances while pending (a sleep must get on), and is
// `original` again after each op.
class Repeat final : public Generator {
 public:
  Repeat(std::int64_t left, Gen original, Gen current)
      : left_(left), original_(std::move(original)), current_(std::move(current)) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(current_, context);
    if (n.kind == Next::Kind::op) {
      n.rest = left_ == kForEver && current_ == original_ ? self : repeated();
    } else if (n.kind == Next::Kind::pending) {
      n.rest = with(self, std::move(n.rest));
    }
    return n;
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    Gen current = faultline::update(current_, context, event);
    return current ? with(self, std::move(current)) : nullptr;
  }

  static constexpr std::int64_t kForEver = -1;

 private:
  Gen repeated() const {
    if (left_ == 1) return nullptr;
    return std::make_shared<Repeat>(left_ == kForEver ? left_ : left_ - 1, original_, original_);
  }
  Gen with(const Gen& self, Gen current) const {
    if (current == current_) return self;
    return std::make_shared<Repeat>(left_, original_, std::move(current));
  }

  std::int64_t left_;
  Gen original_;
  Gen current_;
};

// It begins with the first ask or event, whichever is sooner.
class Sleep final : public Generator {
 public:
  Sleep(Duration duration, Time end) : duration_(duration), end_(end) {}

  Next next(const Gen& self, const Context& context) const override {
    const Time end = end_ == kNever ? context.time + duration_ : end_;
    if (context.time >= end) return Next::finished();
    return Next::wait(end == end_ ? self : std::make_shared<Sleep>(duration_, end), end);
  }

  Gen update(const Gen& self, const Context& context, const Op&) const override {
    if (end_ != kNever) return self;
    return std::make_shared<Sleep>(duration_, context.time + duration_);
  }

 private:
  Duration duration_;
  Time end_;  // kNever: not begun
};

}  // namespace

Gen once(Op op) {
  return std::make_shared<Once>(std::move(op));
}

Gen repeat(Op op) {
  return std::make_shared<RepeatOp>(std::move(op));
}

Gen repeat(std::int64_t n, Op op) {
  return limit(n, repeat(std::move(op)));
}

Gen repeat(const Gen& gen) {
  if (!gen) return nullptr;
  return std::make_shared<Repeat>(Repeat::kForEver, gen, gen);
}

Gen repeat(std::int64_t n, const Gen& gen) {
  if (!gen || n <= 0) return nullptr;
  return std::make_shared<Repeat>(n, gen, gen);
}

Gen sleep(Duration duration) {
  return std::make_shared<Sleep>(duration, kNever);
}

}  // namespace faultline::gen
