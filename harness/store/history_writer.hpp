// Writes a history, wherever it came from, in a format that other programs (or this one) read.
// Stateless; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/store/recorded_history.hpp"

namespace faultline {

enum class OutputFormat { jsonl, edn };

// By its name in harness/store/README.md, which is also the extension of a file.
std::optional<OutputFormat> output_format(std::string_view name);

using TextSink = std::function<Result<void>(std::string_view text)>;

// Hands the text over in pieces, and gives notes for the user: what a reader has to know. An error
// is the sink's, or says which line of `source` (the file that was read) cannot be written.
Result<std::vector<std::string>> write_history(const RecordedHistory& history,
                                               const std::string& source, OutputFormat format,
                                               const TextSink& sink);

}  // namespace faultline
