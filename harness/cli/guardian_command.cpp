// faultline guardian: the process under which the nodes of --env local run. Started by the program
// itself; of no use to a person.
#include <memory>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/environments/local/guardian.hpp"

namespace faultline::cli {

void add_guardian_command(CLI::App& app, int& exit_code) {
  auto channel = std::make_shared<int>(-1);
  CLI::App* command = app.add_subcommand("guardian", "");
  command->group("");  // not in --help
  command->add_option("--channel", *channel)->required();
  command->callback(
      [channel, &exit_code] { exit_code = local::guard(local::FileDescriptor(*channel)); });
}

}  // namespace faultline::cli
