// Checker: decides what a recorded history shows, with evidence. It sees the history and nothing
// else. Checkers may run on any thread; one checker is used by one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/evidence.hpp"
#include "harness/core/op.hpp"
#include "harness/core/verdict.hpp"

namespace faultline {

struct Report {
  std::string checker;  // its name, e.g. "linearizable"
  Verdict verdict = Verdict::unknown;
  std::string reason;                                // one sentence; for valid it may be empty
  std::vector<std::pair<std::string, Value>> facts;  // figures and evidence, for results.json
  std::string text;  // evidence for people (a counterexample), many lines; may be empty
  std::optional<Evidence> evidence;  // for verify, of checkers whose verdict can be verified
  std::vector<Report> parts;         // of a composed checker
};

// Who waits for a long check. Both are called on the thread that called check(), several times a
// second, by checkers that may take long.
struct Watch {
  // True ends the check: what is not decided by then is unknown.
  std::function<bool()> should_stop = [] { return false; };
  // How much is done, from 0 to 1.
  std::function<void(double done)> progress = [](double) {};
};

class Checker {
 public:
  virtual ~Checker() = default;
  virtual std::string name() const = 0;
  virtual Report check(const History& history, const Watch& watch) const = 0;
  Report check(const History& history) const { return check(history, Watch()); }
};

// Runs `checker`; if it throws, the verdict is unknown, with the reason.
Report check_safely(const Checker& checker, const History& history, const Watch& watch = {});

// All of `checkers`, each safely; the verdict is the worst of theirs, the reason that one's.
std::unique_ptr<Checker> compose(std::vector<std::unique_ptr<Checker>> checkers);

}  // namespace faultline
