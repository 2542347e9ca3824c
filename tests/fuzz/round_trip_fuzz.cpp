// What can be read, of any format, is written in each format that we write, read again, and is the
// same but for what the format has no place for.
#include <cstdint>

#include "harness/store/history_reader.hpp"
#include "harness/store/history_writer.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/harness/store/as_in_edn.hpp"

namespace faultline {
namespace {

void round_trip(const RecordedHistory& history, OutputFormat format) {
  std::string text;
  const auto written = write_history(history, "h", format, [&](std::string_view piece) {
    text += piece;
    return Result<void>();
  });
  if (!written) {
    const std::string& message = written.error().message;
    require(message.find("lists inside each other") != std::string::npos,
            "only what is too deep is refused", message);
    return;
  }
  if (text.empty()) return;
  const bool edn = format == OutputFormat::edn;
  const History expected = edn ? as_in_edn(history.ops) : history.ops;
  const Result<RecordedHistory> again =
      read_history(Source::of_text("again", text), {.independent = edn && is_keyed(expected)});
  require(again.has_value(), "what was written can be read",
          again ? "" : again.error().message + "\n" + text);
  require(again->nil_read_unconstrained == history.nil_read_unconstrained,
          "a read of nothing keeps its meaning", text);
  require(again->ops == expected, "the ops are the same", text);
}

}  // namespace
}  // namespace faultline

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace faultline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Result<RecordedHistory> history = read_history(Source::of_text("h", text));
  if (!history) return 0;
  round_trip(*history, OutputFormat::jsonl);
  round_trip(*history, OutputFormat::edn);
  return 0;
}
