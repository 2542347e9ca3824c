// --junit and --summary: files with what a command found out, for CI systems. They are there from
// the beginning, saying that nothing is known yet, and are replaced whole at the end, whatever it
// is: so a program that was killed leaves no verdict of an earlier time behind, and a place that
// cannot be written is found out before anything is run. For the main thread.
#pragma once

#include <exception>
#include <optional>
#include <string>

#include "harness/cli/judge.hpp"
#include "harness/report/results.hpp"

namespace CLI {
class App;
}

namespace faultline::cli {

struct ResultFileOptions {
  std::optional<std::string> junit;
  std::optional<std::string> summary;

  void add_to(CLI::App& command);
};

class ResultFiles {
 public:
  // `command`: "faultline test". Throws UsageError, naming the flag, if a file cannot be written.
  ResultFiles(std::string command, const ResultFileOptions& options);

  bool wanted() const { return options_.junit || options_.summary; }

  // Throws SystemError.
  void write(Results results) const;
  void write_texts(const std::string& junit, const std::string& summary) const;

  // Does the work; if that throws, the files say so, and it is thrown on.
  template <class Work>
  auto watch(Work work) const {
    try {
      return work();
    } catch (const std::exception& e) {
      give_up(e.what());
      throw;
    }
  }

  // On standard output, where they are.
  void print_places() const;

 private:
  void give_up(const char* why) const;

  std::string command_;
  ResultFileOptions options_;
};

// What is told of a run that was judged.
RunResult result_of(const Judgement& judgement, const TestPlan& plan, const RunDirectory& run,
                    double seconds);

}  // namespace faultline::cli
