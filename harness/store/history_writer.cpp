#include "harness/store/history_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/store/formats/edn_encode.hpp"
#include "harness/store/formats/jsonl.hpp"

namespace faultline {
namespace {

using Notes = std::vector<std::string>;

// As deep as every reader goes; and the depth of a recursion.
constexpr int kMaxDepth = 256;

bool is_within(const Value& value, int depth) {
  if (!value.is_list()) return !value.is_pair() || depth > 0;
  return depth > 0 && std::all_of(value.list().begin(), value.list().end(),
                                  [&](const Value& item) { return is_within(item, depth - 1); });
}

template <class Encoder>
Result<void> write_ops(const RecordedHistory& history, const std::string& source, Encoder encoder,
                       std::string_view header, const TextSink& sink) {
  constexpr std::size_t kPiece = 1 << 16;
  std::string text(header);
  for (std::size_t i = 0; i < history.ops.size(); ++i) {
    const Op& op = history.ops[i];
    if (!is_within(op.key, kMaxDepth) || !is_within(op.value, kMaxDepth)) {
      return Error{fmt::format("{}:{}: expected no more than {} lists inside each other", source,
                               history.lines[i], kMaxDepth)};
    }
    encoder.append(text, op);
    if (text.size() < kPiece) continue;
    if (Result<void> taken = sink(text); !taken) return taken;
    text.clear();
  }
  return sink(text);
}

Result<Notes> write_edn(const RecordedHistory& history, const std::string& source,
                        const TextSink& sink) {
  const auto any = [&](auto&& holds) {
    return std::any_of(history.ops.begin(), history.ops.end(), holds);
  };
  const bool keyed = any([](const Op& op) { return !op.is_nemesis() && !op.key.is_nothing(); });
  formats::EdnEncoder encoder({.keyed = keyed, .nil_is_absent = !history.nil_read_unconstrained});
  const Result<void> written = write_ops(history, source, std::move(encoder), "", sink);
  if (!written) return written.error();
  Notes notes;
  if (keyed) {
    notes.emplace_back("every value is written as [key value]; to read it: --independent");
  }
  if (any([](const Op& op) { return op.is_nemesis() && !op.key.is_nothing(); })) {
    notes.emplace_back("keys of the nemesis's ops have no place in this format and are left out");
  }
  return notes;
}

Result<Notes> write_jsonl(const RecordedHistory& history, const std::string& source,
                          const TextSink& sink) {
  const std::string_view header =
      history.nil_read_unconstrained ? formats::kJsonlHeaderUnconstrained : formats::kJsonlHeader;
  const auto written = write_ops(history, source, formats::JsonlEncoder(), header, sink);
  if (!written) return written.error();
  return Notes();
}

}  // namespace

std::optional<OutputFormat> output_format(std::string_view name) {
  if (name == "jsonl") return OutputFormat::jsonl;
  if (name == "edn") return OutputFormat::edn;
  return std::nullopt;
}

Result<Notes> write_history(const RecordedHistory& history, const std::string& source,
                            OutputFormat format, const TextSink& sink) {
  return format == OutputFormat::edn ? write_edn(history, source, sink)
                                     : write_jsonl(history, source, sink);
}

}  // namespace faultline
