#include "harness/serve/journal_events.hpp"

#include <algorithm>
#include <limits>

namespace faultline::serve {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{1} << 20U;

bool type_of(std::string_view word, OpType& type) {
  for (const OpType each : {OpType::invoke, OpType::ok, OpType::fail, OpType::info}) {
    if (word != to_string(each)) continue;
    type = each;
    return true;
  }
  return false;
}

}  // namespace

bool EventParser::parse(std::string_view line, Event& event) {
  std::string_view word;
  std::int64_t process = 0;
  line_.start(line, 0);
  if (!line_.punctuation('[', "[") || !line_.integer(event.time, "a time")) return false;
  if (!line_.punctuation(',', ",")) return false;
  if (line_.at('"')) {
    if (!line_.string(word, "nemesis") || word != "nemesis") return false;
    event.process = kNemesis;
  } else {
    if (!line_.integer(process, "a process") || process < 0) return false;
    if (process > std::numeric_limits<Process>::max()) return false;
    event.process = static_cast<Process>(process);
  }
  if (!line_.punctuation(',', ",") || !line_.string(word, "a type")) return false;
  if (!type_of(word, event.type)) return false;
  if (!line_.punctuation(',', ",") || !line_.string(word, "a function")) return false;
  event.f = word;
  event.error.clear();
  event.value = Value();
  // What a client wrote or read is of no interest here, its error least of all.
  if (!event.is_nemesis()) return true;
  Value key;
  if (line_.at(',') && (!line_.punctuation(',', ",") || !line_.value(key, "a key"))) return false;
  if (line_.at(',') && (!line_.punctuation(',', ",") || !line_.value(event.value, "a value"))) {
    return false;
  }
  if (!line_.at(',')) return true;
  if (!line_.punctuation(',', ",") || !line_.string(word, "an error")) return false;
  event.error = word;
  return true;
}

Op nemesis_op(const Event& event) {
  constexpr std::size_t kMostName = 32;
  Op op;
  op.time = event.time;
  op.process = event.process;
  op.type = event.type;
  op.f = Symbol::of(std::string_view(event.f).substr(0, kMostName));
  op.error = Symbol::of(std::string_view(event.error).substr(0, kMostName));
  return op;
}

Span each_event(const OpenFile& history, std::uint64_t from, std::uint64_t most,
                const std::function<void(const Event&, std::string_view)>& see) {
  EventParser parser;
  Event event;
  Span span{from, 0, 0};
  const std::uint64_t end =
      most > history.size ? history.size : std::min(history.size, from + most);
  while (span.next < end) {
    const std::string text = history.read(span.next, std::min(kPiece, end - span.next));
    std::string_view rest = text;
    while (true) {
      const std::size_t length = rest.find('\n');
      if (length == std::string_view::npos) break;
      const std::string_view line = rest.substr(0, length);
      rest.remove_prefix(length + 1);
      if (parser.parse(line, event)) {
        ++span.events;
        see(event, line);
      } else if (!line.starts_with(R"({"faultline")")) {
        ++span.damaged;
      }
    }
    const std::size_t whole = text.size() - rest.size();
    if (whole == 0 && text.size() < kPiece) break;  // the last line is not there yet
    if (whole == 0) ++span.damaged;
    span.next += whole == 0 ? text.size() : whole;
  }
  return span;
}

}  // namespace faultline::serve
