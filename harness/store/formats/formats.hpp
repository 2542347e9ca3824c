// The formats that can be read, one file each. Each reader takes the whole text and gives the
// history or an error that names the place; each `looks_like` is a cheap guess from the beginning
// of the text. To add one: its file, two lines here, one in history_reader.cpp.
#pragma once

#include "harness/core/result.hpp"
#include "harness/store/recorded_history.hpp"
#include "harness/store/source.hpp"

namespace faultline::formats {

// Faultline's own JSON Lines.
bool looks_like_jsonl(std::string_view text);
Result<RecordedHistory> read_jsonl(const Source& source);

// The etcd console logs of Knossos, ahorn and Porcupine.
bool looks_like_etcd_log(std::string_view text);
Result<RecordedHistory> read_etcd_log(const Source& source);

// Jepsen's history.txt.
bool looks_like_history_txt(std::string_view text);
Result<RecordedHistory> read_history_txt(const Source& source);

// Porcupine's key-value logs: EDN maps with a :key, of get, put and append.
bool looks_like_porcupine_kv(std::string_view text);
Result<RecordedHistory> read_porcupine_kv(const Source& source);

// The operations.json of etcd's robustness tests.
bool looks_like_operations_json(std::string_view text);
Result<RecordedHistory> read_operations_json(const Source& source);

// Jepsen's, Knossos's and Elle's history.edn.
bool looks_like_edn(std::string_view text);
Result<RecordedHistory> read_edn_history(const Source& source);

}  // namespace faultline::formats
