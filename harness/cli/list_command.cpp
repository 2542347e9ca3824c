// faultline list: what exists, from the registries, so that the reference cannot drift.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "checkers/models/models.hpp"
#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/registry.hpp"
#include "harness/cli/report_json.hpp"

namespace faultline::cli {
namespace {

struct Row {
  std::string name;
  std::string doc;
  Json fields = Json::object();  // what --json has besides name and doc, or in their place
};

struct Section {
  std::string title;
  std::vector<Row> rows;
};

template <class Entries>
Section section(const char* title, const Entries& entries) {
  Section section{title, {}};
  for (const auto& entry : entries) {
    section.rows.push_back({std::string(entry.name), std::string(entry.doc), Json::object()});
  }
  return section;
}

// Every option of every command, from the parser's own list.
Section options_section(const CLI::App& app) {
  Section section{"options", {}};
  const auto add = [&](const std::string& name, const CLI::App& command) {
    for (const CLI::Option* option : command.get_options()) {
      if (option->check_name("--help")) continue;
      section.rows.push_back(
          {fmt::format("{} {}", name, usage_of(*option)), doc_of(*option), {{"command", name}}});
    }
  };
  for (const CLI::App* command : app.get_subcommands({})) {
    add(command->get_name(), *command);
    for (const CLI::App* below : command->get_subcommands({})) {
      add(command->get_name() + " " + below->get_name(), *below);
    }
  }
  return section;
}

std::vector<Section> sections(const CLI::App& app) {
  std::vector<Section> all{section("targets", targets()), section("environments", environments()),
                           section("workloads", workloads()), section("nemeses", nemeses()),
                           section("models", all_models())};
  Section bugs{"bugs", {}};
  for (const TargetEntry& target : targets()) {
    for (const Bug& bug : target.bugs) {
      bugs.rows.push_back({std::string(bug.name),
                           fmt::format("{}: {}. Breaks: {} ({}). Needs: {}", target.name, bug.doc,
                                       bug.rule, bug.source, bug.faults),
                           {{"target", target.name},
                            {"doc", bug.doc},
                            {"rule", bug.rule},
                            {"source", bug.source},
                            {"needs", bug.faults}}});
    }
  }
  all.push_back(std::move(bugs));
  Section settings{"settings", {}};
  for (const TargetEntry& target : targets()) {
    for (const Setting& setting : target.settings) {
      settings.rows.push_back({fmt::format("{}={}", setting.name, fmt::join(setting.values, "|")),
                               fmt::format("{}: {}", target.name, setting.doc),
                               {{"target", target.name},
                                {"name", setting.name},
                                {"values", setting.values},
                                {"doc", setting.doc}}});
    }
  }
  all.push_back(std::move(settings));
  all.push_back(options_section(app));
  return all;
}

void print_plain(const Section& section) {
  fmt::print("{}\n", section.title);
  std::size_t width = 18;
  for (const Row& row : section.rows) width = std::max(width, row.name.size());
  for (const Row& row : section.rows) fmt::print("  {:<{}} {}\n", row.name, width, row.doc);
}

void print_markdown(const Section& section) {
  fmt::print("## {}\n\n| name | what it is |\n| --- | --- |\n", section.title);
  for (const Row& row : section.rows) fmt::print("| `{}` | {} |\n", row.name, row.doc);
  fmt::print("\n");
}

Json to_json(const Section& section) {
  Json rows = Json::array();
  for (const Row& row : section.rows) {
    Json entry{{"name", row.name}, {"doc", row.doc}};
    entry.update(row.fields);
    rows.push_back(std::move(entry));
  }
  return rows;
}

enum class Form { plain, markdown, json };

void list(const CLI::App& app, const std::optional<std::string>& what, Form form) {
  std::vector<std::string> titles;
  Json all = Json::object();
  bool found = false;
  for (const Section& section : sections(app)) {
    titles.push_back(section.title);
    if (what && section.title != *what) continue;
    found = true;
    switch (form) {
      case Form::plain: print_plain(section); break;
      case Form::markdown: print_markdown(section); break;
      case Form::json: all[section.title] = to_json(section); break;
    }
  }
  if (!found) refuse("list", *what, fmt::format("one of {}", fmt::join(titles, ", ")));
  if (form == Form::json) fmt::print("{}\n", dump_line(all));
}

}  // namespace

void add_list_command(CLI::App& app, int& exit_code) {
  struct Options {
    std::optional<std::string> what;
    bool markdown = false;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("list", "What exists: targets, nemeses, models, bugs, options ...");
  command->add_option(
      "what", options->what,
      "targets, environments, workloads, nemeses, models, bugs, settings or options "
      "(default: all)");
  CLI::Option* markdown = command->add_flag("--markdown", options->markdown, "as Markdown tables");
  command->add_flag("--json", options->json, "as one line of JSON")->excludes(markdown);
  command->callback([options, &app, &exit_code] {
    const Form form = options->json ? Form::json : options->markdown ? Form::markdown : Form::plain;
    list(app, options->what, form);
    exit_code = 0;
  });
}

}  // namespace faultline::cli
