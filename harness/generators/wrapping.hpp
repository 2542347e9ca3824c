// Wrapping: the base of generators that hold one other. Used only inside this folder.
#pragma once

#include <memory>
#include <utility>

#include "harness/core/generator.hpp"

namespace faultline::gen {

// `Derived` is copied with another inner generator whenever the inner one changes; if it does not,
// nothing is allocated. Passes events on to the inner one.
template <class Derived>
class Wrapping : public Generator {
 public:
  explicit Wrapping(Gen gen) : gen_(std::move(gen)) {}

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    return rewrap(self, faultline::update(gen_, context, event));
  }

 protected:
  Gen rewrap(const Gen& self, Gen inner) const {
    if (!inner) return nullptr;
    if (inner == gen_) return self;
    auto copy = std::make_shared<Derived>(static_cast<const Derived&>(*this));
    static_cast<Wrapping&>(*copy).gen_.swap(inner);
    return copy;
  }

  const Gen& inner() const { return gen_; }

 private:
  Gen gen_;
};

}  // namespace faultline::gen
