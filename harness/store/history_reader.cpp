#include "harness/store/history_reader.hpp"

#include <fmt/format.h>

#include <utility>

#include "harness/store/formats/formats.hpp"

namespace faultline {
namespace {

struct Format {
  bool (*looks_like)(std::string_view text);
  Result<RecordedHistory> (*read)(const Source& source);
};

// In this order: operations.json begins like Faultline's own, and a key-value log is also EDN.
constexpr Format kFormats[] = {
    {formats::looks_like_operations_json, formats::read_operations_json},
    {formats::looks_like_jsonl, formats::read_jsonl},
    {formats::looks_like_etcd_log, formats::read_etcd_log},
    {formats::looks_like_history_txt, formats::read_history_txt},
    {formats::looks_like_porcupine_kv, formats::read_porcupine_kv},
    {formats::looks_like_edn, formats::read_edn_history},
};

Result<RecordedHistory> read_detected(const Source& source) {
  for (const Format& format : kFormats) {
    if (format.looks_like(source.text())) return format.read(source);
  }
  Line line;
  Lines lines(source.text());
  while (lines.next(line) && line.is_blank()) {
  }
  return source.error(
      line.offset,
      fmt::format("this is no history format known here; expected Faultline's history.jsonl, "
                  "Jepsen's history.edn or history.txt, an etcd console log, a Porcupine "
                  "key-value log or an operations.json of etcd's robustness tests, but it starts "
                  "with \"{}\"",
                  excerpt(line.text)));
}

// Takes [key value] apart; false if the op's value is something else.
bool lift_key(Op& op) {
  if (op.value.is_pair()) {
    const Value::Pair pair = op.value.pair();
    op.key = pair.first;
    op.value = pair.second;
    return true;
  }
  if (!op.value.is_list() || op.value.list().size() != 2) return false;
  const Value::List parts = op.value.list();
  op.key = parts[0];
  op.value = parts[1];
  return true;
}

Result<void> lift_keys(const Source& source, RecordedHistory& history) {
  for (std::size_t i = 0; i < history.ops.size(); ++i) {
    Op& op = history.ops[i];
    if (op.is_nemesis() || !op.key.is_nothing() || lift_key(op)) continue;
    return Error{
        fmt::format("{}:{}: {}: with independent keys its value must be [key value]; read the "
                    "history without them if it has one object only",
                    source.name(), history.lines[i], to_string(op))};
  }
  return {};
}

}  // namespace

Result<RecordedHistory> read_history(const Source& source, ReadOptions options) {
  Result<RecordedHistory> history = read_detected(source);
  if (!history) return history;
  if (options.independent) {
    const Result<void> lifted = lift_keys(source, *history);
    if (!lifted) return lifted.error();
  }
  return history;
}

Result<RecordedHistory> read_history(const std::filesystem::path& path, ReadOptions options) {
  const Result<Source> source = Source::open(path);
  if (!source) return source.error();
  if (source->text().empty()) {
    return Error{source->name() + ": the file is empty; expected a recorded history"};
  }
  return read_history(*source, options);
}

}  // namespace faultline
