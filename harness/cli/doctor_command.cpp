// faultline doctor: what this machine can do for us, and for each "no" the remedy.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/installation.hpp"
#include "harness/cli/registry.hpp"
#include "harness/cli/report_json.hpp"
#include "harness/environments/local/probes.hpp"
#include "harness/environments/local/resources.hpp"
#include "harness/environments/local/try_apart.hpp"

namespace faultline::cli {
namespace {

using local::Finding;

constexpr const char* kThisProgram = "/proc/self/exe";
constexpr int kExitMissing = 2;

struct DoctorOptions {
  std::string results = kResultsRoot;
  bool install = false;
  bool json = false;
};

std::vector<std::string> missing_in(const std::vector<Finding>& findings) {
  std::vector<std::string> missing;
  for (const Finding& finding : findings) {
    if (finding.needed && !finding.works) missing.push_back(finding.name);
  }
  return missing;
}

struct Diagnosis {
  std::vector<Finding> machine;  // for --env local, and for all runs
  std::vector<Finding> targets;
  std::string network;  // that --env local would use: "TUN", "veth"; empty: none

  bool local_works() const { return missing_in(machine).empty(); }
  bool all_works() const { return local_works() && missing_in(targets).empty(); }
};

// Is its program there, and which?
Finding look_at(const TargetEntry& target) {
  const std::string name(target.name);
  if (target.version == nullptr) {
    return {name, true, fmt::format("part of this program, {}", kVersion), "", true};
  }
  Finding finding = local::try_apart(name, [&] {
    const auto version = target.version();
    if (version) return Finding{name, true, *version, "", true};
    return local::not_possible(
        version.error().message,
        fmt::format("is it the one of Debian's package {}?", target.package));
  });
  finding.needed = true;
  return finding;
}

Diagnosis diagnose(const DoctorOptions& options) {
  Diagnosis found;
  found.machine = {local::probe_namespaces(), local::probe_mounts(),
                   local::probe_guardian(kThisProgram)};
  const Finding tun = local::probe_network(kThisProgram, local::PortKind::tun);
  const Finding veth = local::probe_network(kThisProgram, local::PortKind::packet);
  if (tun.works || veth.works) found.network = tun.works ? tun.name : veth.name;
  const std::string use = fmt::format("--env local uses {}", found.network);
  found.machine.insert(found.machine.end(),
                       {tun, veth,
                        Finding{"network", !found.network.empty(),
                                found.network.empty() ? "neither TUN nor veth" : use,
                                "either of the two will do", true},
                        local::probe_fuse(), local::probe_ptrace()});
  for (Finding& finding : local::look_at_resources(options.results)) {
    found.machine.push_back(std::move(finding));
  }
  for (const TargetEntry& target : targets()) found.targets.push_back(look_at(target));
  return found;
}

std::string system_name() {
  utsname about{};
  ::uname(&about);
  return fmt::format("{} {} {}", about.sysname, about.release, about.machine);
}

std::string user_name() {
  return ::geteuid() == 0 ? "root" : fmt::format("user {}", ::geteuid());
}

void print_rows(const char* title, const std::vector<Finding>& findings) {
  constexpr int kName = 12;
  fmt::print("\n{}\n", title);
  for (const Finding& finding : findings) {
    fmt::print("  {:<{}} {:<3}  {}\n", finding.name, kName, finding.works ? "yes" : "no",
               finding.detail);
    if (!finding.works) fmt::print("  {:<{}}      {}\n", "", kName, "-> " + finding.remedy);
  }
}

void print_text(const Diagnosis& found) {
  fmt::print("faultline {} on {}, as {}\n", kVersion, system_name(), user_name());
  print_rows("machine", found.machine);
  print_rows("targets", found.targets);
  std::vector<std::string> missing = missing_in(found.machine);
  fmt::print("\nenvironments\n  sim: yes\n  local: {}\n",
             missing.empty() ? fmt::format("yes ({})", found.network)
                             : fmt::format("no ({})", fmt::join(missing, ", ")));
  for (const std::string& target : missing_in(found.targets)) missing.push_back(target);
  fmt::print("\n{}\n", missing.empty() ? "All that --env local and the targets need is there."
                                       : fmt::format("Missing for --env local or a target: {}.",
                                                     fmt::join(missing, ", ")));
}

Json to_json(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    Json entry;
    entry["name"] = finding.name;
    entry["works"] = finding.works;
    entry["needed"] = finding.needed;
    entry["detail"] = finding.detail;
    if (!finding.works) entry["remedy"] = finding.remedy;
    list.push_back(std::move(entry));
  }
  return list;
}

void print_json(const Diagnosis& found) {
  Json json;
  json["version"] = kVersion;
  json["system"] = system_name();
  json["user"] = user_name();
  json["complete"] = found.all_works();
  json["machine"] = to_json(found.machine);
  json["targets"] = to_json(found.targets);
  json["environments"]["sim"] = {{"works", true}};
  json["environments"]["local"] = {{"works", found.local_works()}, {"network", found.network}};
  fmt::print("{}\n", dump_line(json));
}

void install_missing() {
  std::vector<std::string> packages;
  for (const TargetEntry& target : targets()) {
    if (!target.package.empty() && !look_at(target).works) packages.emplace_back(target.package);
  }
  if (packages.empty()) {
    fmt::print(stderr, "faultline: nothing is to be installed: every target's program is there\n");
    return;
  }
  install_packages(packages);
}

}  // namespace

void add_doctor_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<DoctorOptions>();
  CLI::App* command =
      app.add_subcommand("doctor", "What this machine can do, and for each \"no\" the remedy");
  command->add_flag("--install", options->install,
                    "install the programs of targets that are missing, from Debian's packages; as "
                    "root or by sudo");
  command->add_flag("--json", options->json, "print one line of JSON");
  add_value(*command, "--results", options->results, "DIR", "where runs would be kept")
      ->capture_default_str();
  command->footer(
      "It changes nothing without --install, and leaves nothing behind.\nExit codes: 0 all that "
      "--env local and the targets need is there, 2 something is missing,\n254 bad usage, 255 "
      "internal error, or --install could not do it.");
  command->callback([options, &exit_code] {
    if (options->results.empty()) refuse("--results", "", "a directory");
    if (options->install) install_missing();
    const Diagnosis found = diagnose(*options);
    if (options->json) {
      print_json(found);
    } else {
      print_text(found);
    }
    exit_code = found.all_works() ? 0 : kExitMissing;
  });
}

}  // namespace faultline::cli
