// faultline: the program. What it can do is in the commands; here they are put together.
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>
#include <system_error>

#include "checkers/linearizability/decide_all.hpp"
#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/core/verdict.hpp"

namespace faultline::cli {
namespace {

// Never throws, wherever standard error leads to.
void complain(std::string_view message) {
  const std::string line = fmt::format("faultline: {}\n", message);
  (void)std::fwrite(line.data(), 1, line.size(), stderr);
}

// Who asked for JSON gets an error as JSON, too: as the last line.
struct Complainer {
  bool json = false;

  int operator()(const char* what, int code) const {
    complain(what);
    if (!json) return code;
    const std::string line = dump_line({{"error", what}, {"exit-code", code}}) + "\n";
    (void)std::fwrite(line.data(), 1, line.size(), stdout);
    (void)std::fflush(stdout);
    return code;
  }
};

bool wants_json(int argc, char** argv) {
  return std::any_of(argv, argv + argc,
                     [](const char* word) { return std::string_view(word) == "--json"; });
}

int run(int argc, char** argv) {
  CLI::App app{
      "Faultline tests the consistency of replicated systems: it runs clients against a "
      "cluster,\nbreaks it, records every operation, and decides whether the history is "
      "linearizable."};
  app.name("faultline");
  app.formatter(make_help_formatter());
  app.set_version_flag("--version", std::string("faultline ") + kVersion);
  app.footer(
      "Exit codes: 0 valid, 1 invalid, 2 unknown, 254 bad usage, 255 internal error or a disk "
      "that\ncannot be written.");
  int exit_code = 0;
  add_test_command(app, exit_code);
  add_campaign_command(app, exit_code);
  add_check_command(app, exit_code);
  add_analyze_command(app, exit_code);
  add_replay_command(app, exit_code);
  add_shrink_command(app, exit_code);
  add_diagram_command(app, exit_code);
  add_report_command(app, exit_code);
  add_convert_command(app, exit_code);
  add_verify_command(app, exit_code);
  add_serve_command(app, exit_code);
  add_list_command(app, exit_code);
  add_doctor_command(app, exit_code);
  add_node_command(app, exit_code);
  add_guardian_command(app, exit_code);
  check_arguments(app, {argv + 1, argv + argc});
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() != 0) throw UsageError(e.what());
    app.exit(e);  // --help, --version
  }
  flush_output();  // a verdict that nobody can read is no success
  return exit_code;
}

int run_and_explain(int argc, char** argv) {
  const Complainer end{wants_json(argc, argv)};
  try {
    return run(argc, argv);
  } catch (const UsageError& e) {
    return end(e.what(), kExitUsage);
  } catch (const SystemError& e) {
    return end(e.what(), kExitInternal);
  } catch (const std::system_error& e) {  // fmt's, if standard output cannot be written
    const bool output = std::ferror(stdout) != 0;
    const std::string what =
        output ? "standard output cannot be written: " + e.code().message() : e.what();
    return end(what.c_str(), kExitInternal);
  } catch (const std::bad_alloc&) {
    return end("out of memory, so there is no verdict", exit_code(Verdict::unknown));
  } catch (const std::exception& e) {
    return end((std::string("internal error: ") + e.what()).c_str(), kExitInternal);
  }
}

}  // namespace
}  // namespace faultline::cli

int main(int argc, char** argv) {
  // What is freed will be needed again soon: giving it back to the kernel costs a page fault each.
  constexpr int kMegabyte = 1 << 20;
  (void)::mallopt(M_MMAP_THRESHOLD, 32 * kMegabyte);
  (void)::mallopt(M_TRIM_THRESHOLD, 64 * kMegabyte);
  (void)::mallopt(M_TOP_PAD, kMegabyte);
  const int exit_code = faultline::cli::run_and_explain(argc, argv);
  if (!faultline::has_given_up_threads()) return exit_code;
  // What such a thread uses must not be torn down under it.
  (void)std::fflush(nullptr);
  std::_Exit(exit_code);
}
