// Which threads see a generator: on_threads, clients, nemesis.
#include "harness/generators/generators.hpp"
#include "harness/generators/wrapping.hpp"

namespace faultline::gen {
namespace {

class OnThreads final : public Wrapping<OnThreads> {
 public:
  OnThreads(ThreadSet threads, Gen gen) : Wrapping(std::move(gen)), threads_(std::move(threads)) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(inner(), context.restricted_to(threads_));
    n.rest = rewrap(self, std::move(n.rest));
    return n;
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    if (!threads_.contains(context.thread_of(event.process))) return self;
    return Wrapping::update(self, context.restricted_to(threads_), event);
  }

 private:
  ThreadSet threads_;
};

// Becomes an OnThreads when it first meets a context, which says how many threads there are.
class OnThreadsWhere final : public Generator {
 public:
  using Predicate = std::function<bool(int thread, const Context&)>;
  OnThreadsWhere(Predicate predicate, Gen gen)
      : predicate_(std::move(predicate)), gen_(std::move(gen)) {}

  Next next(const Gen&, const Context& context) const override {
    return faultline::next(resolved(context), context);
  }

  Gen update(const Gen&, const Context& context, const Op& event) const override {
    return faultline::update(resolved(context), context, event);
  }

 private:
  Gen resolved(const Context& context) const {
    const int count = context.concurrency() + 1;
    ThreadSet threads(count);
    for (int thread = 0; thread < count; ++thread) {
      if (predicate_(thread, context)) threads.insert(thread);
    }
    return std::make_shared<OnThreads>(std::move(threads), gen_);
  }

  Predicate predicate_;
  Gen gen_;
};

Gen on_threads_where(OnThreadsWhere::Predicate predicate, Gen gen) {
  if (!gen) return nullptr;
  return std::make_shared<OnThreadsWhere>(std::move(predicate), std::move(gen));
}

}  // namespace

Gen on_threads(ThreadSet threads, Gen gen) {
  if (!gen) return nullptr;
  return std::make_shared<OnThreads>(std::move(threads), std::move(gen));
}

Gen on_threads(std::function<bool(int)> predicate, Gen gen) {
  auto ignoring_context = [predicate = std::move(predicate)](int thread, const Context&) {
    return predicate(thread);
  };
  return on_threads_where(std::move(ignoring_context), std::move(gen));
}

Gen clients(Gen gen) {
  auto is_client = [](int thread, const Context& c) { return thread != c.nemesis_thread(); };
  return on_threads_where(is_client, std::move(gen));
}

Gen nemesis(Gen gen) {
  auto is_nemesis = [](int thread, const Context& c) { return thread == c.nemesis_thread(); };
  return on_threads_where(is_nemesis, std::move(gen));
}

Gen clients(Gen gen, Gen nemesis_gen) {
  return any({clients(std::move(gen)), nemesis(std::move(nemesis_gen))});
}

Gen nemesis(Gen gen, Gen client_gen) {
  return clients(std::move(client_gen), std::move(gen));
}

}  // namespace faultline::gen
