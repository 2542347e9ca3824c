// Generator: what to do next. An immutable value: asking it for an op gives the op *and* the
// generator that remains, so that an op which cannot be used yet is simply asked for again later.
// The semantics are Jepsen's (jepsen.generator). A generator sees time, chance and free threads
// only through its context.
#pragma once

#include <memory>

#include "harness/core/context.hpp"
#include "harness/core/op.hpp"

namespace faultline {

class Generator;
using Gen = std::shared_ptr<const Generator>;  // null: exhausted

struct Next {
  enum class Kind { done, pending, op };
  Kind kind = Kind::done;
  Op op;               // if kind is op: process and time are filled in; time may lie in the future
  Gen rest;            // what remains (after the op, or while pending)
  Time wake = kNever;  // if pending: ask again then, or when something completes, if that is sooner

  static Next finished() { return {}; }
  static Next wait(Gen rest, Time wake = kNever) {
    return {Kind::pending, {}, std::move(rest), wake};
  }
  static Next emit(Op op, Gen rest) { return {Kind::op, std::move(op), std::move(rest), kNever}; }
};

class Generator {
 public:
  virtual ~Generator() = default;
  // `self` is this generator, for those that stay as they are.
  virtual Next next(const Gen& self, const Context& context) const = 0;
  // Told of every event (invocation and completion), after it was recorded. Returns the generator
  // that goes on; most ignore events.
  virtual Gen update(const Gen& self, const Context& context, const Op& event) const {
    (void)context, (void)event;
    return self;
  }
};

// Null-safe calls.
inline Next next(const Gen& gen, const Context& context) {
  return gen ? gen->next(gen, context) : Next::finished();
}
inline Gen update(const Gen& gen, const Context& context, const Op& event) {
  return gen ? gen->update(gen, context, event) : nullptr;
}

// Completes an op: fills in a free process and the present time where they are missing. Pending
// (until something completes) if no thread is free; the process asked for may be busy, too.
Next fill_in(Op op, const Gen& self_if_pending, Gen rest, const Context& context);

}  // namespace faultline
