// faultline list: what exists, from the registries, so that the reference cannot drift.
#include <fmt/format.h>

#include <memory>

#include "checkers/models/models.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/registry.hpp"

namespace faultline::cli {
namespace {

struct Row {
  std::string name;
  std::string doc;
};

struct Section {
  std::string title;
  std::vector<Row> rows;
};

template <class Entries>
Section section(const char* title, const Entries& entries) {
  Section section{title, {}};
  for (const auto& entry : entries) {
    section.rows.push_back({std::string(entry.name), std::string(entry.doc)});
  }
  return section;
}

std::vector<Section> sections() {
  std::vector<Section> all{section("targets", targets()), section("environments", environments()),
                           section("workloads", workloads()), section("nemeses", nemeses()),
                           section("models", all_models())};
  Section bugs{"bugs", {}};
  for (const TargetEntry& target : targets()) {
    for (const BugEntry& bug : target.bugs) {
      bugs.rows.push_back(
          {std::string(bug.name), fmt::format("{}: {} ({})", target.name, bug.doc, bug.source)});
    }
  }
  all.push_back(std::move(bugs));
  return all;
}

void print_plain(const Section& section) {
  fmt::print("{}\n", section.title);
  for (const Row& row : section.rows) fmt::print("  {:<18} {}\n", row.name, row.doc);
}

void print_markdown(const Section& section) {
  fmt::print("## {}\n\n| name | what it is |\n| --- | --- |\n", section.title);
  for (const Row& row : section.rows) fmt::print("| `{}` | {} |\n", row.name, row.doc);
  fmt::print("\n");
}

void list(const std::string& what, bool markdown) {
  bool found = false;
  for (const Section& section : sections()) {
    if (!what.empty() && section.title != what) continue;
    found = true;
    markdown ? print_markdown(section) : print_plain(section);
  }
  if (!found) {
    throw UsageError(
        fmt::format("list {}: expected targets, environments, workloads, nemeses, "
                    "models or bugs",
                    what));
  }
}

}  // namespace

void add_list_command(CLI::App& app, int& exit_code) {
  struct Options {
    std::string what;
    bool markdown = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("list", "What exists: targets, nemeses, models, bugs ...");
  command->add_option("what", options->what,
                      "targets, environments, workloads, nemeses, models or bugs (default: all)");
  command->add_flag("--markdown", options->markdown, "as Markdown tables");
  command->callback([options, &exit_code] {
    list(options->what, options->markdown);
    exit_code = 0;
  });
}

}  // namespace faultline::cli
