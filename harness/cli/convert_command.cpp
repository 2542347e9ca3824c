// faultline convert: writes a recorded history in a format that other programs read.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/core/utf8.hpp"
#include "harness/store/atomic_file.hpp"
#include "harness/store/history_reader.hpp"
#include "harness/store/history_writer.hpp"

namespace faultline::cli {
namespace {

constexpr const char* kFormats = "jsonl or edn";

struct ConvertOptions {
  std::string in;
  std::string out;
  std::string to;
  bool independent = false;
  bool force = false;
  bool json = false;

  bool to_standard_output() const { return out == "-"; }
};

OutputFormat chosen_format(const ConvertOptions& options) {
  if (!options.to.empty()) {
    if (const auto format = output_format(options.to)) return *format;
    refuse("--to", options.to, kFormats);
  }
  if (options.to_standard_output()) {
    throw UsageError(fmt::format("to standard output: name the format with --to: {}", kFormats));
  }
  const std::string extension = std::filesystem::path(options.out).extension().string();
  const auto format = output_format(std::string_view(extension).substr(extension.empty() ? 0 : 1));
  if (format) return *format;
  throw UsageError(fmt::format("{}: its extension says no format; expected .jsonl or .edn, or --to",
                               printable(options.out)));
}

// What the machine refuses.
void require(const Result<void>& done) {
  if (!done) throw SystemError(done.error().message);
}

// A sink's error stays what it is; any other is the input's.
std::vector<std::string> write(const RecordedHistory& history, const ConvertOptions& options,
                               OutputFormat format, const TextSink& sink) {
  const auto written = write_history(history, options.in, format, [&](std::string_view text) {
    require(sink(text));
    return Result<void>();
  });
  if (!written) throw UsageError(written.error().message);
  return *written;
}

std::vector<std::string> write_to_file(const RecordedHistory& history,
                                       const ConvertOptions& options, OutputFormat format) {
  using Existing = AtomicFile::Existing;
  std::error_code ignored;
  if (!options.force && std::filesystem::exists(options.out, ignored)) {
    throw UsageError(options.out + ": it exists; --force overwrites it");
  }
  auto file = AtomicFile::create(options.out, options.force ? Existing::replace : Existing::refuse);
  if (!file) throw SystemError(file.error().message);
  auto notes =
      write(history, options, format, [&](std::string_view text) { return file->write(text); });
  require(file->commit());
  return notes;
}

std::vector<std::string> write_to_standard_output(const RecordedHistory& history,
                                                  const ConvertOptions& options,
                                                  OutputFormat format) {
  return write(history, options, format, [](std::string_view text) {
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
    flush_output();  // throws if it is closed
    return Result<void>();
  });
}

void print_json(const RecordedHistory& history, const ConvertOptions& options, OutputFormat format,
                const std::vector<std::string>& notes) {
  const Json json{{"in", options.in},
                  {"format", history.format},
                  {"out", options.out},
                  {"to", format == OutputFormat::edn ? "edn" : "jsonl"},
                  {"events", history.ops.size()},
                  {"notes", notes}};
  fmt::print("{}\n", dump_line(json));
}

void convert(const ConvertOptions& options) {
  if (options.in.empty() || options.out.empty()) {
    throw UsageError("convert needs two files: the history, and what to write");
  }
  if (options.json && options.to_standard_output()) {
    throw UsageError("--json: standard output has the history then; write that to a file");
  }
  const OutputFormat format = chosen_format(options);
  const auto history = read_history(options.in, {.independent = options.independent});
  if (!history) throw UsageError(history.error().message);
  std::vector<std::string> notes = history->notes;
  const auto written = options.to_standard_output()
                           ? write_to_standard_output(*history, options, format)
                           : write_to_file(*history, options, format);
  notes.insert(notes.end(), written.begin(), written.end());
  if (options.json) {
    print_json(*history, options, format, notes);
    return;
  }
  for (const std::string& note : notes) fmt::print(stderr, "note: {}\n", printable(note));
}

}  // namespace

void add_convert_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ConvertOptions>();
  CLI::App* command = app.add_subcommand("convert", "Write a history in another format");
  add_value(*command, "in", options->in, "IN", "the history; its format is detected");
  add_value(*command, "out", options->out, "OUT", "the file to write; - is standard output");
  add_value(*command, "--to", options->to, "FORMAT",
            "jsonl or edn (default: by the extension of OUT)");
  command->add_flag("--independent", options->independent,
                    "values are pairs [key value] of independent keys");
  command->add_flag("--force", options->force, "overwrite OUT");
  command->add_flag("--json", options->json, "print one line of JSON; notes are in it");
  command->callback([options, &exit_code] {
    convert(*options);
    exit_code = 0;
  });
}

}  // namespace faultline::cli
