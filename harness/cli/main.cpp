// faultline: the program. What it can do is in the commands; here they are put together.
#include <fmt/format.h>

#include <exception>

#include "harness/cli/commands.hpp"
#include "harness/core/verdict.hpp"

int main(int argc, char** argv) {
  using namespace faultline;
  CLI::App app{
      "Faultline tests the consistency of replicated systems: it runs clients against a "
      "cluster,\nbreaks it, records every operation, and decides whether the history is "
      "linearizable."};
  app.name("faultline");
  app.require_subcommand(1);
  app.set_version_flag("--version", "faultline " FAULTLINE_VERSION);
  app.footer("Exit codes: 0 valid, 1 invalid, 2 unknown, 254 bad usage, 255 internal error.");
  int exit_code = 0;
  cli::add_test_command(app, exit_code);
  cli::add_check_command(app, exit_code);
  cli::add_analyze_command(app, exit_code);
  cli::add_list_command(app, exit_code);
  try {
    app.parse(argc, argv);
    return exit_code;
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help, --version
    fmt::print(stderr, "faultline: {}\nRun with --help for more information.\n", e.what());
    return kExitUsage;
  } catch (const cli::UsageError& e) {
    fmt::print(stderr, "faultline: {}\n", e.what());
    return kExitUsage;
  } catch (const std::exception& e) {
    fmt::print(stderr, "faultline: internal error: {}\n", e.what());
    return kExitInternal;
  }
}
