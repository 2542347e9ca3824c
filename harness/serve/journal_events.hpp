// JournalEvents: history.jsonl line by line as it stands, without keeping it: for numbers that are
// wanted of a run that may be growing, damaged, or larger than memory. What is a history, with all
// its values, is read by harness/store. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "harness/core/op.hpp"
#include "harness/core/time.hpp"
#include "harness/core/value.hpp"
#include "harness/serve/results_tree.hpp"
#include "harness/store/formats/json_line.hpp"

namespace faultline::serve {

// How a nemesis breaks something and mends it: by which functions.
struct FaultKind {
  std::string name;
  std::string strike;
  std::string cure;
};

struct Event {
  Time time = 0;
  Process process = 0;
  OpType type = OpType::invoke;
  std::string f;
  std::string error;
  Value value;  // of the nemesis only

  bool is_nemesis() const { return process == kNemesis; }
};

// For harness/core/nemesis_op.hpp to say what an event of the nemesis stands for: without a value,
// and no more of the names than tells them apart there, since a symbol is kept for good and these
// are a stranger's.
Op nemesis_op(const Event& event);

class EventParser {
 public:
  // False: this is no event (the header, or damaged).
  bool parse(std::string_view line, Event& event);

 private:
  formats::JsonLine line_;
};

struct Span {
  std::uint64_t next = 0;    // behind the last whole line
  std::uint64_t events = 0;  // that were seen
  std::uint64_t damaged = 0;
};

constexpr std::uint64_t kMostLine = std::uint64_t{64} << 20U;  // is held in memory

// Calls see(event, line) for every event whose line begins at or behind `from` and ends before
// from + most. A line that is longer than `most` or kMostLine is passed over in pieces of that
// size, each counted as damaged; so is what is left of it, unless that reads as an event.
Span each_event(const OpenFile& history, std::uint64_t from, std::uint64_t most,
                const std::function<void(const Event&, std::string_view)>& see);

}  // namespace faultline::serve
