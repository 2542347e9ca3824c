#include "harness/store/formats/jsonl.hpp"

#include <fmt/format.h>
#include <algorithm>

#include <nlohmann/json.hpp>
#include <optional>

#include "harness/store/formats/formats.hpp"
#include "harness/store/formats/json_line.hpp"
#include "harness/store/formats/op_words.hpp"
#include "harness/store/formats/symbol_cache.hpp"

namespace faultline::formats {
namespace {

using Json = nlohmann::json;

// One event: [time,process,type,f,key,value,error], the last three left out where absent.
class OpParser {
 public:
  bool parse(JsonLine& line, Op& op) {
    std::int64_t time = 0;
    if (!line.punctuation('[', "'[', an op [time,process,type,f,key,value,error]")) return false;
    if (!line.integer(time, "the time, an integer,")) return false;
    op.time = time;
    if (!comma(line, "process") || !process(line, op)) return false;
    if (!comma(line, "type") || !type(line, op)) return false;
    if (!comma(line, "f") || !line.string(text_, "f, a string,")) return false;
    op.f = symbols_.of(text_);
    return optional_columns(line, op) && line.punctuation(']', "',' or ']'") && line.end();
  }

 private:
  static bool comma(JsonLine& line, const char* next) {
    return line.at(',') ? line.punctuation(',', "','")
                        : line.fail(std::string("',' and the ") + next);
  }

  bool process(JsonLine& line, Op& op) {
    constexpr const char* kExpected = R"(the process, an integer or "nemesis",)";
    const bool is_name = line.at('"');
    const std::size_t mark = line.mark();
    if (is_name) {
      if (!line.string(text_, kExpected)) return false;
      op.process = kNemesis;
      return text_ == "nemesis" || line.fail_at(mark, kExpected);
    }
    std::int64_t number = 0;
    if (!line.integer(number, kExpected)) return false;
    const auto id = process_id(number);
    if (id) op.process = *id;
    return id || line.fail_at(mark, "a process from 0 to 2147483647");
  }

  bool type(JsonLine& line, Op& op) {
    constexpr const char* kExpected = R"(the type, "invoke", "ok", "fail" or "info",)";
    line.at('"');
    const std::size_t mark = line.mark();
    if (!line.string(text_, kExpected)) return false;
    const auto known = op_type(text_);
    if (known) op.type = *known;
    return known || line.fail_at(mark, kExpected);
  }

  bool optional_columns(JsonLine& line, Op& op) {
    if (!line.at(',')) return true;
    if (!line.punctuation(',', "','") || !line.value(op.key, "the key")) return false;
    if (!line.at(',')) return true;
    if (!line.punctuation(',', "','") || !line.value(op.value, "the value")) return false;
    if (!line.at(',')) return true;
    if (!line.punctuation(',', "','")) return false;
    if (line.at('n')) {
      Value null;
      return line.value(null, "the error, a string or null,");
    }
    if (!line.string(text_, "the error, a string or null,")) return false;
    op.error = symbols_.of(text_);
    return true;
  }

  std::string_view text_;
  SymbolCache symbols_;
};

Result<void> read_header(const Source& source, const Line& line, RecordedHistory& history) {
  if (!line.terminated && kJsonlHeader.starts_with(line.text)) {
    return source.error(line.offset + line.text.size(),
                        "the header is cut off; nothing was recorded");
  }
  const Json header = Json::parse(line.text.begin(), line.text.end(), nullptr, false);
  const auto is = [&](const char* key, const Json& expected) {
    const auto it = header.find(key);
    return it != header.end() && *it == expected;
  };
  if (!header.is_object() || !is("faultline", "history")) {
    return source.error(line.offset,
                        R"(expected the header of a history, {"faultline":"history",...})");
  }
  if (!is("version", kJsonlVersion)) {
    return source.error(
        line.offset, fmt::format("expected version {} of the history format, found {}; a newer "
                                 "faultline may read it",
                                 kJsonlVersion, excerpt(header.value("version", Json()).dump())));
  }
  if (!is("columns", Json::parse(kJsonlHeader)["columns"])) {
    return source.error(line.offset,
                        "expected the columns " + Json::parse(kJsonlHeader)["columns"].dump());
  }
  history.nil_read_unconstrained = header.contains("nil_read");
  if (history.nil_read_unconstrained && !is("nil_read", "unconstrained")) {
    return source.error(line.offset, R"(expected "unconstrained" as nil_read, or none)");
  }
  return {};
}

// Was the program killed while it wrote this line? Then it is the last one, and either it lacks its
// line feed or it just stops.
bool is_torn(const Source& source, const Line& line, const JsonLine& parsed) {
  if (!line.terminated) return true;
  const std::string_view behind = source.text().substr(line.offset + line.text.size());
  return parsed.cut_short() && behind.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

bool looks_like_jsonl(std::string_view text) {
  Line line;
  return Lines(text).next(line) && line.text.starts_with("{\"");
}

Result<RecordedHistory> read_jsonl(const Source& source) {
  RecordedHistory history;
  history.format = "jsonl";
  Lines lines(source.text());
  Line line;
  lines.next(line);
  if (const auto header = read_header(source, line, history); !header) return header.error();
  // Exactly: growing by doubling would leave almost half of the memory of a long history unused.
  const auto count = static_cast<std::size_t>(std::ranges::count(source.text(), '\n'));
  history.ops.reserve(count);
  history.lines.reserve(count);
  OpParser parser;
  JsonLine json;
  while (lines.next(line)) {
    if (line.is_blank()) continue;
    json.start(line.text, line.offset);
    if (parser.parse(json, history.ops.emplace_back())) {
      history.lines.push_back(line.number);
      continue;
    }
    history.ops.pop_back();
    if (is_torn(source, line, json)) {
      history.notes.push_back(
          fmt::format("line {}, the last one, was torn and is dropped", line.number));
    } else {
      return source.error(json.fault().offset, json.fault().what);
    }
  }
  return history;
}

}  // namespace faultline::formats
