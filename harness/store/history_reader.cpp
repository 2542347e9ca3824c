#include "harness/store/history_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/store/formats/formats.hpp"

namespace faultline {
namespace {

struct Format {
  bool (*looks_like)(std::string_view text);
  Result<RecordedHistory> (*read)(const Source& source);
};

// In this order: a key-value log is also EDN.
constexpr Format kFormats[] = {
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
  while (lines.next(line) && line.text.find_first_not_of(" \t\r") == std::string_view::npos) {
  }
  return source.error(
      line.offset,
      fmt::format("this is no history format known here; expected Faultline's history.jsonl, "
                  "Jepsen's history.edn or history.txt, an etcd console log or a Porcupine "
                  "key-value log, but it starts with \"{}\"",
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

Result<void> lift_keys(const Source& source, History& ops) {
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].is_nemesis() || !ops[i].key.is_nothing()) continue;
    if (lift_key(ops[i])) continue;
    return Error{
        fmt::format("{}: op {} ({}): with independent keys its value must be [key value]; read the "
                    "history without them if it has one object only",
                    source.name(), i, to_string(ops[i]))};
  }
  return {};
}

}  // namespace

Result<RecordedHistory> read_history(const Source& source, ReadOptions options) {
  Result<RecordedHistory> history = read_detected(source);
  if (!history) return history;
  if (options.independent) {
    const Result<void> lifted = lift_keys(source, history->ops);
    if (!lifted) return lifted.error();
  }
  history->keyed = std::any_of(history->ops.begin(), history->ops.end(),
                               [](const Op& op) { return !op.key.is_nothing(); });
  return history;
}

Result<RecordedHistory> read_history(const std::filesystem::path& path, ReadOptions options) {
  const Result<Source> source = Source::open(path);
  if (!source) return source.error();
  return read_history(*source, options);
}

}  // namespace faultline
