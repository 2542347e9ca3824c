#include "harness/generators/generators.hpp"
#include "harness/generators/wrapping.hpp"

namespace faultline::gen {
namespace {

class Limit final : public Wrapping<Limit> {
 public:
  Limit(std::int64_t left, Gen gen) : Wrapping(std::move(gen)), left_(left) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(inner(), context);
    if (n.kind == Next::Kind::op) {
      n.rest = limit(left_ - 1, std::move(n.rest));
    } else if (n.kind == Next::Kind::pending) {
      n.rest = rewrap(self, std::move(n.rest));
    }
    return n;
  }

 private:
  std::int64_t left_;
};

class ProcessLimit final : public Wrapping<ProcessLimit> {
 public:
  // The latest process of each thread: a thread's processes only grow, so a new one differs.
  using Latest = std::vector<Process>;

  ProcessLimit(int left, std::shared_ptr<const Latest> latest, Gen gen)
      : Wrapping(std::move(gen)), left_(left), latest_(std::move(latest)) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(inner(), context);
    if (n.kind == Next::Kind::pending) n.rest = rewrap(self, std::move(n.rest));
    if (n.kind != Next::Kind::op) return n;
    const int fresh = count_new(context);
    if (fresh > left_) return Next::finished();
    if (fresh == 0) {
      n.rest = rewrap(self, std::move(n.rest));
    } else if (n.rest) {
      n.rest = std::make_shared<ProcessLimit>(left_ - fresh, seen(context), std::move(n.rest));
    }
    return n;
  }

 private:
  static constexpr Process kNone = -3;

  int count_new(const Context& context) const {
    int count = 0;
    context.all().for_each([&](int thread) {
      const auto t = static_cast<std::size_t>(thread);
      const Process before = t < latest_->size() ? (*latest_)[t] : kNone;
      if (before != context.process_of(thread)) ++count;
    });
    return count;
  }

  std::shared_ptr<const Latest> seen(const Context& context) const {
    auto latest = std::make_shared<Latest>(*latest_);
    latest->resize(static_cast<std::size_t>(context.concurrency()) + 1, kNone);
    context.all().for_each([&](int thread) {
      (*latest)[static_cast<std::size_t>(thread)] = context.process_of(thread);
    });
    return latest;
  }

  int left_;
  std::shared_ptr<const Latest> latest_;
};

class ConcurrencyLimit final : public Wrapping<ConcurrencyLimit> {
 public:
  ConcurrencyLimit(int n, Gen gen) : Wrapping(std::move(gen)), n_(n) {}

  Next next(const Gen& self, const Context& context) const override {
    if (context.all().count() - context.free().count() >= n_) return Next::wait(self);
    Next n = faultline::next(inner(), context);
    if (n.kind != Next::Kind::done) n.rest = rewrap(self, std::move(n.rest));
    return n;
  }

 private:
  int n_;
};

class UntilOk final : public Wrapping<UntilOk> {
 public:
  UntilOk(ThreadSet open, Gen gen) : Wrapping(std::move(gen)), open_(std::move(open)) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(inner(), context);
    if (n.kind == Next::Kind::pending) n.rest = rewrap(self, std::move(n.rest));
    if (n.kind == Next::Kind::op && n.rest) {
      ThreadSet open = open_.empty() ? ThreadSet(context.concurrency() + 1) : open_;
      open.insert(context.thread_of(n.op.process));
      n.rest = std::make_shared<UntilOk>(std::move(open), std::move(n.rest));
    }
    return n;
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    const int thread = context.thread_of(event.process);
    if (event.type == OpType::invoke || !open_.contains(thread)) {
      return Wrapping::update(self, context, event);
    }
    if (event.type == OpType::ok) return nullptr;
    Gen rest = faultline::update(inner(), context, event);
    if (!rest) return nullptr;
    ThreadSet open = open_;
    open.erase(thread);
    return std::make_shared<UntilOk>(std::move(open), std::move(rest));
  }

 private:
  ThreadSet open_;  // threads with an op of ours open
};

}  // namespace

Gen limit(std::int64_t n, Gen gen) {
  return gen && n > 0 ? std::make_shared<Limit>(n, std::move(gen)) : nullptr;
}

Gen process_limit(int n, Gen gen) {
  if (!gen || n <= 0) return nullptr;
  auto none = std::make_shared<const ProcessLimit::Latest>();
  return std::make_shared<ProcessLimit>(n, std::move(none), std::move(gen));
}

Gen concurrency_limit(int n, Gen gen) {
  return gen && n > 0 ? std::make_shared<ConcurrencyLimit>(n, std::move(gen)) : nullptr;
}

Gen until_ok(Gen gen) {
  return gen ? std::make_shared<UntilOk>(ThreadSet(), std::move(gen)) : nullptr;
}

}  // namespace faultline::gen
