// One after the other: sequence, cycle, synchronize, phases.
#include "harness/generators/generators.hpp"
#include "harness/generators/wrapping.hpp"

namespace faultline::gen {
namespace {

Gens without_null(Gens gens) {
  std::erase(gens, nullptr);
  return gens;
}

class Sequence final : public Generator {
 public:
  using Parts = std::shared_ptr<const Gens>;
  Sequence(Parts parts, std::size_t at, Gen current)
      : parts_(std::move(parts)), at_(at), current_(std::move(current)) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(current_, context);
    std::size_t at = at_;
    while (n.kind == Next::Kind::done && ++at < parts_->size()) {
      n = faultline::next((*parts_)[at], context);
    }
    if (n.kind != Next::Kind::done) n.rest = with(self, at, std::move(n.rest));
    return n;
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    return with(self, at_, faultline::update(current_, context, event));
  }

 private:
  Gen with(const Gen& self, std::size_t at, Gen current) const {
    if (at == at_ && current == current_) return self;
    if (at + 1 == parts_->size()) return current;
    return std::make_shared<Sequence>(parts_, at, std::move(current));
  }

  Parts parts_;
  std::size_t at_;
  Gen current_;
};

class Cycle final : public Generator {
 public:
  Cycle(std::int64_t left, Gen original, Gen current)
      : left_(left), original_(std::move(original)), current_(std::move(current)) {}

  Next next(const Gen& self, const Context& context) const override {
    std::int64_t left = left_;
    Next n = faultline::next(current_, context);
    if (n.kind == Next::Kind::done && left != 1) {
      if (left != kForEver) --left;
      n = faultline::next(original_, context);  // if this gives nothing, another round would not
    }
    if (n.kind != Next::Kind::done) n.rest = with(self, left, std::move(n.rest));
    return n;
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    return with(self, left_, faultline::update(current_, context, event));
  }

  static constexpr std::int64_t kForEver = -1;

 private:
  Gen with(const Gen& self, std::int64_t left, Gen current) const {
    if (left == left_ && current == current_) return self;
    return std::make_shared<Cycle>(left, original_, std::move(current));
  }

  std::int64_t left_;  // rounds, this one included
  Gen original_;
  Gen current_;  // null: exhausted
};

class Synchronize final : public Wrapping<Synchronize> {
 public:
  using Wrapping::Wrapping;

  Next next(const Gen& self, const Context& context) const override {
    if (context.free() != context.all()) return Next::wait(self);
    return faultline::next(inner(), context);  // and never wait again
  }
};

}  // namespace

Gen sequence(Gens gens) {
  gens = without_null(std::move(gens));
  if (gens.empty()) return nullptr;
  if (gens.size() == 1) return gens.front();
  Gen first = gens.front();
  auto parts = std::make_shared<const Gens>(std::move(gens));
  return std::make_shared<Sequence>(std::move(parts), 0, std::move(first));
}

Gen cycle(const Gen& gen) {
  if (!gen) return nullptr;
  return std::make_shared<Cycle>(Cycle::kForEver, gen, gen);
}

Gen cycle(std::int64_t n, const Gen& gen) {
  if (!gen || n <= 0) return nullptr;
  return std::make_shared<Cycle>(n, gen, gen);
}

Gen synchronize(Gen gen) {
  return gen ? std::make_shared<Synchronize>(std::move(gen)) : nullptr;
}

Gen phases(Gens gens) {
  for (Gen& gen : gens) gen = synchronize(std::move(gen));
  return sequence(std::move(gens));
}

Gen then(Gen first, Gen second) {
  return sequence({std::move(first), synchronize(std::move(second))});
}

}  // namespace faultline::gen
