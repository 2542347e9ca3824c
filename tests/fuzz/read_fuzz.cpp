// Any bytes that look like the format, through the reader that users take. Compiled once a format.
#include <algorithm>
#include <cstdint>

#include "harness/core/utf8.hpp"
#include "harness/store/formats/formats.hpp"
#include "harness/store/formats/jsonl.hpp"
#include "harness/store/history_reader.hpp"
#include "tests/fuzz/require.hpp"

namespace faultline {
namespace {

void read(const std::string& text, ReadOptions options) {
  const Result<RecordedHistory> history = read_history(Source::of_text("h", text), options);
  if (!history) {
    const std::string& message = history.error().message;
    require(message.starts_with("h:"), "an error names the file", message);
    require(message == printable(message), "an error can be shown", message);
    return;
  }
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const std::string& note : history->notes) {
    require(note == printable(note), "a note can be shown", note);
  }
  require(history->lines.size() == history->ops.size(), "every op has its line", "");
  for (std::size_t i = 0; i < history->ops.size(); ++i) {
    const Op& op = history->ops[i];
    require(history->lines[i] >= 1 && history->lines[i] <= lines, "a line is in the file",
            to_string(op));
    require(op.process >= 0 || op.is_nemesis(), "every op has a process", to_string(op));
  }
}

}  // namespace
}  // namespace faultline

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace faultline;
  std::string text(reinterpret_cast<const char*>(data), size);
  if (!formats::FAULTLINE_LOOKS_LIKE(text)) text.insert(0, FAULTLINE_BEGINNING);
  if (!formats::FAULTLINE_LOOKS_LIKE(text)) return 0;
  read(text, {});
  read(text, {.independent = true});
  return 0;
}
