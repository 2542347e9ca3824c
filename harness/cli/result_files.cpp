#include "harness/cli/result_files.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/core/utf8.hpp"
#include "harness/report/junit.hpp"
#include "harness/report/summary.hpp"
#include "harness/store/atomic_file.hpp"

namespace faultline::cli {
namespace {

Result<void> write_both(const ResultFileOptions& options, const std::string& junit,
                        const std::string& summary) {
  Result<void> done;
  if (options.junit) done = replace_file(*options.junit, junit);
  if (options.summary) {
    const Result<void> written = replace_file(*options.summary, summary);
    if (done) done = written;
  }
  return done;
}

Results nothing_known(const std::string& command, std::string why) {
  return {command, Verdict::unknown, std::move(why), {}};
}

// Whether or not there is something yet.
bool same_place(const std::string& a, const std::string& b) {
  namespace fs = std::filesystem;
  std::error_code error;
  return fs::weakly_canonical(fs::absolute(a), error) ==
             fs::weakly_canonical(fs::absolute(b), error) &&
         !error;
}

void require_place(const char* flag, const std::optional<std::string>& file,
                   const std::string& text) {
  if (!file) return;
  if (file->empty()) refuse(flag, "", "a file to write");
  const Result<void> written = replace_file(*file, text);
  if (!written) throw UsageError(fmt::format("{} {}", flag, written.error().message));
}

}  // namespace

void ResultFileOptions::add_to(CLI::App& command) {
  add_value(command, "--junit", junit, "FILE", "write the results as JUnit XML");
  add_value(command, "--summary", summary, "FILE",
            "write a summary as Markdown, for the page of a CI job");
}

ResultFiles::ResultFiles(std::string command, const ResultFileOptions& options)
    : command_(std::move(command)), options_(options) {
  if (options.junit && options.summary && same_place(*options.junit, *options.summary)) {
    throw UsageError(
        fmt::format("--summary {}: --junit is the same file", printable(*options.summary)));
  }
  const Results open = nothing_known(command_, "it did not come to its end");
  require_place("--junit", options.junit, junit_xml(open));
  require_place("--summary", options.summary, summary_markdown(open));
}

void ResultFiles::write(Results results) const {
  results.command = command_;
  write_texts(options_.junit ? junit_xml(results) : "",
              options_.summary ? summary_markdown(results) : "");
}

void ResultFiles::write_texts(const std::string& junit, const std::string& summary) const {
  require(write_both(options_, junit, summary));
}

void ResultFiles::give_up(const char* why) const {
  if (!wanted()) return;
  const Results open = nothing_known(command_, why);
  // That they cannot be written now is less than what is being thrown; they say no verdict yet.
  (void)write_both(options_, junit_xml(open), summary_markdown(open));
}

void ResultFiles::print_places() const {
  if (options_.junit) fmt::print("  junit    {}\n", *options_.junit);
  if (options_.summary) fmt::print("  summary  {}\n", *options_.summary);
}

RunResult result_of(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run,
                    double seconds) {
  RunResult result =
      faultline::result_of(fmt::format("{} seed {}", plan.name(), plan.seed), judgement.report);
  result.seconds = seconds;
  result.facts = {{"run", run.path().string()},
                  {"environment", plan.environment},
                  {"events", std::to_string(judgement.events)}};
  for (const std::string& note : judgement.notes) result.facts.emplace_back("note", note);
  result.repeat = repeat_command(plan, run);
  return result;
}

}  // namespace faultline::cli
