// faultline serve: the stored runs in a browser. Read-only.
#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/registry.hpp"
#include "harness/serve/results_tree.hpp"
#include "harness/serve/router.hpp"
#include "harness/serve/server.hpp"

namespace faultline::cli {
namespace {

struct ServeOptions {
  std::string results = kResultsRoot;
  std::string port = "8080";
  std::string address = "127.0.0.1";
  std::optional<std::string> hosts;
};

std::vector<serve::FaultKind> fault_kinds() {
  std::vector<serve::FaultKind> kinds;
  for (const NemesisEntry& nemesis : nemeses()) {
    if (nemesis.strike.empty()) continue;
    kinds.push_back(
        {std::string(nemesis.name), std::string(nemesis.strike), std::string(nemesis.cure)});
  }
  return kinds;
}

void serve_runs(const ServeOptions& options) {
  const serve::ResultsTree tree = require<UsageError>(serve::ResultsTree::open(options.results));
  const auto hosts =
      options.hosts ? parse_names("--host", *options.hosts) : std::vector<std::string>();
  serve::Router router(tree, fault_kinds(), hosts);
  serve::ServerOptions listening;
  listening.address = options.address == "localhost" ? "127.0.0.1" : options.address;
  listening.port = static_cast<std::uint16_t>(parse_whole("--port", options.port, 0, 65535));
  const auto server = require<UsageError>(serve::Server::listen(
      listening, [&](const serve::Request& request) { return router.answer(request); }));
  server->stop_on_signals();
  // Whose own files are written to while we ask whether they are.
  std::signal(SIGIO, SIG_IGN);
  if (!server->is_loopback()) {
    fmt::print(stderr, "faultline: whoever reaches {} can read {}\n", options.address,
               options.results);
  }
  fmt::print("{} shows the runs in {}; Ctrl-C ends it\n", server->url(), options.results);
  flush_output();
  server->run();
}

}  // namespace

void add_serve_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "Show the stored runs in a browser");
  add_value(*command, "--results", options->results, "DIR", "where runs are kept")
      ->capture_default_str();
  add_value(*command, "--port", options->port, "PORT", "where to listen; 0: any that is free")
      ->capture_default_str();
  add_value(*command, "--address", options->address, "ADDRESS",
            "an IP address of this machine; any other than the default lets others read, too")
      ->capture_default_str();
  add_value(*command, "--host", options->hosts, "NAMES",
            "by which browsers may call it, besides localhost and its address");
  command->footer("Exit codes: 0 ended by a signal, 254 bad usage or the port is taken.");
  command->callback([options, &exit_code] {
    serve_runs(*options);
    exit_code = 0;
  });
}

}  // namespace faultline::cli
