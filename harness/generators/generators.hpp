// The combinators of generators, after jepsen.generator: what a test does, said as a value.
//
//   gen::time_limit(60 * kSecond,
//       gen::clients(gen::stagger(kSecond / 100, gen::mix({reads, writes, swaps})),
//                    gen::sequence({gen::sleep(5 * kSecond), gen::once(invocation(kStart))})))
//
// Everything here takes generators and gives a generator; a null one is exhausted, and is welcome
// everywhere. All are immutable values: one may be used twice, and each use starts afresh. They are
// shared between threads by nobody: a run asks its generator on its event loop.
//
// An op whose time lies in the future is not lost if it cannot be used yet: the interpreter drops
// it and asks the same generator again. A pending generator says when to ask again if only time
// has to pass. Functions given to a generator are called once an *ask*, which may be more often
// than once an op, so they must have no effect but on context.rng().
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/core/generator.hpp"
#include "harness/core/result.hpp"

namespace faultline::gen {

using Gens = std::vector<Gen>;

// ---- Leaves ----

Gen once(Op op);                    // this op, exactly once
Gen repeat(Op op);                  // this op, for ever
Gen repeat(std::int64_t n, Op op);  // n times
Gen repeat(const Gen& gen);         // for ever what `gen` does *first*: its state never advances
Gen repeat(std::int64_t n, const Gen& gen);  // the same, n ops in all
Gen sleep(Duration duration);                // no op; exhausted `duration` after it was first asked

// What a function gives: `make(context)` returns an Op (endless), an optional<Op> (nothing: that
// was the last one), or a Gen (asked for the next one when it is exhausted; null ends it).
template <class Make>
Gen each(Make make);

// make(context, i) for i = 0, 1, 2, ... without gaps: i counts the ops that were used.
template <class Make>
Gen numbered(Make make);

// ---- One after the other ----

Gen sequence(Gens gens);                    // the next one begins when the last is exhausted
Gen cycle(const Gen& gen);                  // from the beginning again when it is exhausted
Gen cycle(std::int64_t n, const Gen& gen);  // n times in all
Gen synchronize(Gen gen);                   // begins when every thread of its context is free
Gen phases(Gens gens);                      // a sequence, each part synchronized
Gen then(Gen first, Gen second);            // first, all wait, second

// ---- Choosing ----

// Ops of all of them in random order, each time one drawn at random; exhausted ones drop out. If
// the one drawn is pending another may go first, but its turn stays (Jepsen would wait for it).
Gen mix(Gens gens);
Gen weighted_mix(std::vector<std::pair<std::uint32_t, Gen>> choices);
Gen any(Gens gens);                  // the soonest op of any of them; ties at random
Gen shortest_any(const Gens& gens);  // the same, but exhausted as soon as one of them is
Gen flip_flop(Gen a, Gen b);         // one op of a, one of b, and so on, until one is exhausted

// ---- Pacing ----

// Random intervals from 0 to 2 * mean between ops, over all threads together (so the rate does
// not depend on latency, as long as threads are free). The first op goes at once.
Gen stagger(Duration mean, Gen gen);
Gen delay(Duration interval, Gen gen);  // ops are `interval` apart, or later if nobody was free

// Ends `duration` after its first op: ops from that time on are cut, and while it can offer only
// such ops it is pending until then (Jepsen ends early, though a busy client may still want in).
Gen time_limit(Duration duration, Gen gen);

// ---- Limits ----

Gen limit(std::int64_t n, Gen gen);  // n ops
// Ends when its context has seen more than n distinct processes: those that could have carried
// out an op, not only those that did, so that a test does not trickle out. Use inside clients().
Gen process_limit(int n, Gen gen);
Gen concurrency_limit(int n, Gen gen);  // pending while n or more threads of its context are busy
Gen until_ok(Gen gen);                  // until one of its ops completed ok

// ---- Routing ----

// The generator sees only these threads: their being free, their processes and their events.
Gen on_threads(std::function<bool(int thread)> predicate, Gen gen);
Gen on_threads(ThreadSet threads, Gen gen);
Gen clients(Gen gen);                   // every thread but the nemesis's
Gen clients(Gen gen, Gen nemesis_gen);  // and the nemesis does that meanwhile
Gen nemesis(Gen gen);                   // the nemesis's thread alone
Gen nemesis(Gen gen, Gen client_gen);

Gen each_thread(Gen gen);          // every thread has a copy of its own; exhausted when all are
Gen each_process(const Gen& gen);  // a thread whose process crashed begins again with a fresh copy

// The first `count` threads of its context for the first generator, the next for the second, ...,
// what remains for `others`. Nests (within a key of concurrent_keys, say), which Jepsen's does not.
struct Reservation {
  int count;
  Gen gen;
};
Gen reserve(std::vector<Reservation> reservations, Gen others);

// ---- Transforming ----

Gen map(std::function<Op(Op)> transform, Gen gen);
Gen filter(std::function<bool(const Op&)> keep, Gen gen);
Gen f_map(std::vector<std::pair<Symbol, Symbol>> names, Gen gen);  // renames f; others stay

// Hands every event to `react`, which returns the generator that goes on.
using React = std::function<Gen(const Gen& gen, const Context&, const Op& event)>;
Gen on_update(React react, Gen gen);

// ---- Independent keys (jepsen.independent) ----

// The keys of a run, in order: the i-th, or nothing when there are no more.
using Keys = std::function<std::optional<Value>(std::int64_t i)>;
Keys integer_keys(std::int64_t first = 0);  // endless
Keys listed_keys(std::vector<Value> keys);
using MakeForKey = std::function<Gen(const Value& key)>;

// One key after the other; sets the op's `key`.
Gen sequential_keys(Keys keys, MakeForKey make);

// Client threads in groups of `threads_per_key`, each group at work on one key; when the key's
// generator is exhausted the group takes the next. The nemesis is not in it. As in Jepsen, the
// number of client threads must be a multiple of the group's size: asked under any other it throws
// std::invalid_argument with the message of check_key_groups, which callers should ask first.
Gen concurrent_keys(int threads_per_key, Keys keys, MakeForKey make);
Result<void> check_key_groups(int concurrency, int threads_per_key);

// ---- The function leaves ----

namespace detail {

// Gives what a function made: an Op, an optional<Op>, or a Gen; `rest` is what follows it.
template <class Made>
Next give(Made made, const Gen& self, Gen rest, const Context& context) {
  if constexpr (std::same_as<Made, Op>) {
    return fill_in(std::move(made), self, std::move(rest), context);
  } else if constexpr (std::same_as<Made, std::optional<Op>>) {
    if (!made) return Next::finished();
    return fill_in(std::move(*made), self, std::move(rest), context);
  } else {
    static_assert(std::convertible_to<Made, Gen>, "a function gives an Op, optional<Op> or a Gen");
    if (made == nullptr) return Next::finished();
    return faultline::next(sequence({std::move(made), std::move(rest)}), context);
  }
}

template <class Make>
class Each final : public Generator {
 public:
  explicit Each(Make make) : make_(std::move(make)) {}

  Next next(const Gen& self, const Context& context) const override {
    if (context.free().empty()) return Next::wait(self);
    return give(make_(context), self, self, context);
  }

 private:
  Make make_;
};

template <class Make>
class Numbered final : public Generator {
 public:
  Numbered(std::shared_ptr<const Make> make, std::int64_t i) : make_(std::move(make)), i_(i) {}

  Next next(const Gen& self, const Context& context) const override {
    if (context.free().empty()) return Next::wait(self);
    return give((*make_)(context, i_), self, std::make_shared<Numbered>(make_, i_ + 1), context);
  }

 private:
  std::shared_ptr<const Make> make_;
  std::int64_t i_;
};

}  // namespace detail

template <class Make>
Gen each(Make make) {
  return std::make_shared<detail::Each<Make>>(std::move(make));
}

template <class Make>
Gen numbered(Make make) {
  auto shared = std::make_shared<const Make>(std::move(make));
  return std::make_shared<detail::Numbered<Make>>(std::move(shared), 0);
}

}  // namespace faultline::gen
