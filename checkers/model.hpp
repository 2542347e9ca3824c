// Model: what an object promises, as pure functions over `Value` states. A model says which calls
// are legal in a state and what state follows; the engine in linearizability/ does the rest.
//
// A model is an immutable value of plain functions, shared by any number of threads. Only its name,
// its functions and `step` have to be given; a counter that can only be read and incremented is
//
//   const Symbol kIncrement = Symbol::of("increment");
//   Call prepare(Call call, const ModelOptions&) {
//     return call.f == kIncrement ? as_update(std::move(call)) : as_read(std::move(call));
//   }
//   std::optional<Value> step(const Value& state, const Call& call) {
//     if (call.f == kIncrement) return Value(state.integer() + 1);
//     if (call.outcome == Outcome::unknown || call.result == state) return state;
//     return std::nullopt;
//   }
//   Model up_counter() {
//     return {.name = "up-counter", .default_initial = "0", .functions = {"read", "increment"},
//             .prepare = prepare, .step = step};
//   }
//
// and with `pure` telling that reads are pure it is decided faster. A step that may end in several
// states is turned into such a model by models/nondeterministic.hpp. To add a model to the program,
// write one file in models/ and name it in models/models.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/op.hpp"
#include "harness/core/result.hpp"

namespace faultline {

enum class Outcome : std::uint8_t {
  ok,        // it happened and returned `result`
  unknown,   // whether it happened or what it returned is not known
  mismatch,  // it changed nothing, having seen another value than the one it expected
};

// An operation as a model sees it: who did it and when is none of its business.
struct Call {
  Symbol f;
  Value argument;  // the invocation's value
  Value result;    // the completion's value; nothing if it is unknown
  Outcome outcome = Outcome::ok;
  friend bool operator==(const Call&, const Call&) = default;
};

std::size_t hash_value(const Call& call);  // for boost::hash

struct ModelOptions {
  // A completed read of nil says nothing (Knossos's EDN histories), instead of "it was nil" (ours,
  // and the etcd logs').
  bool nil_read_unconstrained = false;
};

// How a call reads to a person: "read by process 7 returned 1" is subject, process, claim.
struct Description {
  std::string label;    // short, for a bar on a time axis: "read 1", "cas 2->3"
  std::string subject;  // "read", "cas 2->3"
  std::string claim;    // "returned 1", "succeeded"
};

// What a model's `prepare` is made of, by what a call is for.
Call as_update(Call call);  // its argument counts, what it returned says nothing
Call as_query(Call call);   // its argument and its result count; crashed, it has no result
Call as_read(Call call, const ModelOptions& options = {});  // its result alone counts

// What a model does unless it says otherwise.
Result<Value> parse_plain_state(std::string_view text);  // nil, an integer, a "text" in quotes
std::optional<std::string> accept_every(const Call& call);
std::optional<std::string> require_cas_pair(const Call& call);  // of a cas, for those that have one
Call keep_all(Call call, const ModelOptions& options);
bool never_pure(const Call& call);
std::string show_plainly(const Value& state);
Description describe_update(const Call& call);  // "write 3"
Description describe_query(const Call& call);   // "read 3", "contains 3 false"
Description describe_cas(const Call& call);     // "cas 2->3": for those that have one

// What a call has to do with a state that is a single value, if that is all there is to it: the
// model's step is legal iff the state is `needs` and is not `excludes` (where they are given), and
// leads to `makes`, or leaves the state as it is.
struct ValueEffect {
  std::optional<Value> needs;
  std::optional<Value> excludes;
  std::optional<Value> makes;
};

// What a call has to do with the items of a collection; see checkers/unique, and the takers of
// checkers/linearizability/relaxation.hpp.
struct ItemEffect {
  enum class Kind : std::uint8_t {
    add,              // the item is there afterwards, once more than before at most
    remove,           // it was there, in its turn, and is not any more, or once less
    remove_if_there,  // it is not there afterwards; without an item: the next one, if there is one
    see,              // it is there; of a collection with an order: it would leave next
    see_absent,       // it is not there; without an item: none is
    other,            // something else
  };
  Kind kind = Kind::other;
  const Value* item = nullptr;  // in the call
};

// In which order the items of a collection leave it.
enum class ItemOrder : std::uint8_t { none, any, first_in, last_in, smallest };

struct Model {
  std::string_view name;
  std::string_view doc = {};                 // one line
  std::string_view object = "object";        // what it is to a person: "register", "mutex"
  std::string_view default_initial = "nil";  // a text that parse_initial accepts
  bool per_key = false;                      // every op must name its object in op.key
  bool by_process = false;  // an op without a value has its process as argument: who holds a lock
  std::vector<std::string_view> functions;  // the f's it knows
  Symbol mismatch_f = {};                   // the f whose kMismatch failure is an observation

  Result<Value> (*parse_initial)(std::string_view text) = parse_plain_state;
  // What is wrong with the argument or result of a call of a known f; nothing if all is well.
  std::optional<std::string> (*validate)(const Call& call) = accept_every;
  // The same call with everything `step` does not look at removed, so that calls of the same
  // effect are equal. A crashed call (outcome unknown) and a completed one of the same effect
  // should become equal, too. Only prepared calls reach the functions below.
  Call (*prepare)(Call call, const ModelOptions& options) = keep_all;
  // The state after `call` in `state`; nothing if it is illegal there. Never throws. A crashed call
  // that changes nothing in `state` may as well be illegal: it is optional anyway.
  std::optional<Value> (*step)(const Value& state, const Call& call) = nullptr;
  // True only if in *every* state the call is either illegal or changes nothing. The search
  // linearizes such calls as soon as it can and forgets crashed ones, so a wrong `true` makes
  // wrong verdicts: write(v) leaves the state v as it is but is not pure.
  bool (*pure)(const Call& call) = never_pure;
  std::string (*show_state)(const Value& state) = show_plainly;
  Description (*describe)(const Call& call) = describe_query;
  // Optional, for objects that grow (texts that are appended to). How far `state` is from one in
  // which the pure `call` is legal, by calls that have no value_effect; nothing if they do not lead
  // there. A search goes where the next pure call saw the object, and not where it never can be.
  std::optional<std::size_t> (*distance)(const Value& state, const Call& call) = nullptr;
  // Optional, for collections whose initial state is the empty list. Which item the call is about:
  // nothing if none, or if it is crashed and may be about any; no value at all if it tells of every
  // item (a read of all). If a history is linearizable, so must it be without all the calls about
  // one item.
  std::optional<Value> (*item)(const Call& call) = nullptr;
  // Optional. The effect of a prepared call, if it has no more than that. Where every call of a
  // history has, the search works on values alone and can look ahead.
  std::optional<ValueEffect> (*value_effect)(const Call& call) = nullptr;
  // Optional, and for a collection whose state is the list of its items: the oldest first, or the
  // smallest. Where every item is added but once, no search is needed then.
  ItemOrder item_order = ItemOrder::none;
  // Optional, with `item`; needed where there is an `item_order`. What it tells of a prepared call,
  // unless that is pure or `other`, must be all that there is to it.
  ItemEffect (*item_effect)(const Call& call) = nullptr;
};

// "nil", an integer, or a text in double quotes. `what` names the place for the error.
Result<Value> parse_plain_value(std::string_view text, std::string_view what);

// A text cut to `width` bytes at most, between characters, with "..." for what was left out.
std::string shorten(std::string text, std::size_t width);

}  // namespace faultline
