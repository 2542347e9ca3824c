#include "harness/serve/journal_events.hpp"

#include <algorithm>
#include <limits>

namespace faultline::serve {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{1} << 20U;  // at first: a line may need more

bool type_of(std::string_view word, OpType& type) {
  for (const OpType each : {OpType::invoke, OpType::ok, OpType::fail, OpType::info}) {
    if (word != to_string(each)) continue;
    type = each;
    return true;
  }
  return false;
}

// The whole lines of the text; how many bytes they are.
std::size_t see_lines(std::string_view text, EventParser& parser,
                      const std::function<void(const Event&, std::string_view)>& see, Span& span) {
  Event event;
  std::size_t whole = 0;
  while (true) {
    const std::size_t end = text.find('\n', whole);
    if (end == std::string_view::npos) return whole;
    const std::string_view line = text.substr(whole, end - whole);
    whole = end + 1;
    if (parser.parse(line, event)) {
      ++span.events;
      see(event, line);
    } else if (!line.starts_with(R"({"faultline")")) {
      ++span.damaged;
    }
  }
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
  Span span{from, 0, 0};
  const std::uint64_t end =
      most > history.size ? history.size : std::min(history.size, from + most);
  const std::uint64_t longest = std::min(most, kMostLine);
  std::uint64_t piece = std::min(kPiece, longest);
  while (span.next < end) {
    const std::string text = history.read(span.next, std::min(piece, end - span.next));
    const std::size_t whole = see_lines(text, parser, see, span);
    span.next += whole;
    if (whole > 0) continue;
    if (text.size() < piece) break;  // the last line is not there yet
    if (piece < longest) {
      piece = std::min(2 * piece, longest);
    } else {
      ++span.damaged;
      span.next += text.size();
    }
  }
  return span;
}

}  // namespace faultline::serve
