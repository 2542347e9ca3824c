#include "harness/generators/generators.hpp"
#include "harness/generators/wrapping.hpp"

namespace faultline::gen {
namespace {

class Map final : public Wrapping<Map> {
 public:
  using Transform = std::shared_ptr<const std::function<Op(Op)>>;
  Map(Transform transform, Gen gen) : Wrapping(std::move(gen)), transform_(std::move(transform)) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(inner(), context);
    if (n.kind == Next::Kind::op) n.op = (*transform_)(std::move(n.op));
    n.rest = rewrap(self, std::move(n.rest));
    return n;
  }

 private:
  Transform transform_;
};

class Filter final : public Wrapping<Filter> {
 public:
  using Keep = std::shared_ptr<const std::function<bool(const Op&)>>;
  Filter(Keep keep, Gen gen) : Wrapping(std::move(gen)), keep_(std::move(keep)) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(inner(), context);
    while (n.kind == Next::Kind::op && !(*keep_)(n.op)) {
      const Gen rest = std::move(n.rest);
      n = faultline::next(rest, context);
    }
    n.rest = rewrap(self, std::move(n.rest));
    return n;
  }

 private:
  Keep keep_;
};

class OnUpdate final : public Generator {
 public:
  OnUpdate(std::shared_ptr<const React> react, Gen gen)
      : react_(std::move(react)), gen_(std::move(gen)) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(gen_, context);
    n.rest = with(self, std::move(n.rest));
    return n;
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    return with(self, (*react_)(gen_, context, event));
  }

 private:
  Gen with(const Gen& self, Gen gen) const {
    if (!gen || gen == gen_) return gen ? self : nullptr;
    return std::make_shared<OnUpdate>(react_, std::move(gen));
  }

  std::shared_ptr<const React> react_;
  Gen gen_;
};

}  // namespace

Gen map(std::function<Op(Op)> transform, Gen gen) {
  if (!gen) return nullptr;
  auto shared = std::make_shared<const std::function<Op(Op)>>(std::move(transform));
  return std::make_shared<Map>(std::move(shared), std::move(gen));
}

Gen filter(std::function<bool(const Op&)> keep, Gen gen) {
  if (!gen) return nullptr;
  auto shared = std::make_shared<const std::function<bool(const Op&)>>(std::move(keep));
  return std::make_shared<Filter>(std::move(shared), std::move(gen));
}

Gen f_map(std::vector<std::pair<Symbol, Symbol>> names, Gen gen) {
  auto rename = [names = std::move(names)](Op op) {
    for (const auto& [from, to] : names) {
      if (op.f != from) continue;
      op.f = to;
      break;
    }
    return op;
  };
  return map(std::move(rename), std::move(gen));
}

Gen on_update(React react, Gen gen) {
  if (!gen) return nullptr;
  auto shared = std::make_shared<const React>(std::move(react));
  return std::make_shared<OnUpdate>(std::move(shared), std::move(gen));
}

}  // namespace faultline::gen
