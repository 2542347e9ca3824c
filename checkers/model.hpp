// Model: what an object promises, as pure functions over `Value` states. A model says which calls
// are legal in a state and what state follows; the engine in linearizability/ does the rest.
//
// A model is an immutable value of plain functions, shared by any number of threads. To add one,
// write one file in models/ and name it in models/models.cpp.
#pragma once

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

struct Model {
  std::string_view name;
  std::string_view doc;                     // one line
  std::string_view object;                  // what it is to a person: "register", "mutex"
  std::string_view default_initial;         // a text that parse_initial accepts
  bool per_key = false;                     // every op must name its object in op.key
  std::vector<std::string_view> functions;  // the f's it knows
  Symbol mismatch_f;                        // the f whose kMismatch failure is an observation

  Result<Value> (*parse_initial)(std::string_view text);
  // What is wrong with the argument or result of a call of a known f; nothing if all is well.
  std::optional<std::string> (*validate)(const Call& call);
  // The same call with everything `step` does not look at removed, so that calls of the same
  // effect are equal. A crashed call (outcome unknown) and a completed one of the same effect
  // should become equal, too. Only prepared calls reach the functions below.
  Call (*prepare)(Call call, const ModelOptions& options);
  // The state after `call` in `state`; nothing if it is illegal there. Never throws.
  std::optional<Value> (*step)(const Value& state, const Call& call);
  // True only if in *every* state the call is either illegal or changes nothing. The search
  // linearizes such calls as soon as it can and forgets crashed ones, so a wrong `true` makes
  // wrong verdicts: write(v) leaves the state v as it is but is not pure.
  bool (*pure)(const Call& call);
  std::string (*show_state)(const Value& state);
  Description (*describe)(const Call& call);
};

// "nil", an integer, or a text in double quotes. `what` names the place for the error.
Result<Value> parse_plain_value(std::string_view text, std::string_view what);

// A text cut to `width` characters, with "..." in the middle of what was left out.
std::string shorten(std::string text, std::size_t width);

}  // namespace faultline
