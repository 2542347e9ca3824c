// What the formats made of EDN maps share: reading {:type :invoke, :process 0, :f :read, ...}, one
// after the other or in one list, into ops.
#pragma once

#include <string>

#include "harness/core/result.hpp"
#include "harness/store/formats/edn.hpp"
#include "harness/store/recorded_history.hpp"
#include "harness/store/source.hpp"

namespace faultline::formats {

// What the format expected instead of `op`; empty if the op is as it should be.
using OpRule = std::string (*)(const Op& op);

// Sets ops and notes, and whether a read of nil says nothing: as in Jepsen, unless the history was
// written by EdnEncoder and says otherwise. The format's name is the caller's. The order is that of
// :index if every op has one, else that of the file. An absent :process is process 0, an absent :f
// empty (Elle's bare histories).
Result<RecordedHistory> read_edn_ops(const Source& source, OpRule rule);

// The value of `map` under the keyword `name`, or null.
const Edn* find_keyword(const Edn& map, std::string_view name);

// How an :error is kept: a keyword's name, a string's text, anything else as it was written; one
// line, cut at 200 bytes, since errors are interned.
Symbol error_symbol(const Edn& error);
Symbol error_symbol(std::string_view text);

}  // namespace faultline::formats
