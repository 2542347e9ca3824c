#include "harness/cli/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>
#include <string_view>
#include <utility>

#include "harness/cli/commands.hpp"
#include "harness/core/utf8.hpp"

namespace faultline::cli {
namespace {

bool is_flag(const CLI::Option& option) {
  return option.get_expected_min() == 0;
}

bool is_repeatable(const CLI::Option& option) {
  return option.get_expected_max() > 1;
}

class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    return is_flag(*option) || option->get_positional() ? "" : " " + option->get_type_name();
  }
  std::string make_option_desc(const CLI::Option* option) const override { return doc_of(*option); }
};

std::string names_of_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return fmt::format("{}", fmt::join(names, ", "));
}

// As it is typed: "campaign merge".
std::string name_of(const CLI::App& command) {
  const CLI::App* const above = command.get_parent();
  const bool nested = above != nullptr && above->get_parent() != nullptr;
  return (nested ? above->get_name() + " " : "") + command.get_name();
}

// The command of the command that is named right behind it, as in `campaign merge`; null if none.
const CLI::App* subcommand(const CLI::App& command, const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return nullptr;
  for (const CLI::App* below : command.get_subcommands({})) {
    if (below->get_name() == arguments[1]) return below;
  }
  return nullptr;
}

// Goes through the arguments of one command.
class ArgumentCheck {
 public:
  ArgumentCheck(const CLI::App& command, std::vector<std::string> arguments)
      : command_(command), arguments_(std::move(arguments)) {
    for (const CLI::Option* option : command.get_options()) {
      if (option->get_positional()) room_ += is_repeatable(*option) ? arguments_.size() : 1;
    }
  }

  // `at_`: the first argument behind the command.
  void run() {
    bool options = true;  // until "--"
    while (at_ < arguments_.size()) {
      const std::string& argument = arguments_[at_++];
      if (options && argument == "--") {
        options = false;
      } else if (options && argument.size() > 1 && argument.front() == '-') {
        if (argument == "-h" || argument == "--help") return;
        check_option(argument);
      } else if (room_-- == 0) {
        throw UsageError(fmt::format("{} does not take '{}'; see faultline {} --help",
                                     name_of(command_), printable(argument), name_of(command_)));
      }
    }
  }

 private:
  void check_option(const std::string& argument) {
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const CLI::Option* option = command_.get_option_no_throw(name);
    if (option == nullptr) {
      throw UsageError(fmt::format("{} has no option {}; see faultline {} --help",
                                   name_of(command_), printable(name), name_of(command_)));
    }
    if (is_flag(*option)) {
      if (equals != std::string::npos) throw UsageError(name + " takes no value");
      return;
    }
    if (!seen_.insert(option).second && !is_repeatable(*option)) {
      throw UsageError(name + " is given twice");
    }
    const bool has_value = equals != std::string::npos
                               ? equals + 1 < argument.size()
                               : at_ < arguments_.size() && !arguments_[at_].starts_with("--");
    if (!has_value) throw UsageError(fmt::format("{} needs a value: {}", name, doc_of(*option)));
    if (equals == std::string::npos) ++at_;
  }

  const CLI::App& command_;
  const std::vector<std::string> arguments_;
  std::set<const CLI::Option*> seen_;
  std::size_t room_ = 0;  // for positional arguments
  std::size_t at_ = 1;
};

}  // namespace

std::string usage_of(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name() + (is_repeatable(option) ? "..." : "");
  const std::string name = option.get_name();
  return is_flag(option) ? name : name + " " + option.get_type_name();
}

std::string doc_of(const CLI::Option& option) {
  const std::string& standard = option.get_default_str();
  if (standard.empty()) return option.get_description();
  return fmt::format("{} (default: {})", option.get_description(), standard);
}

std::shared_ptr<CLI::FormatterBase> make_help_formatter() {
  return std::make_shared<HelpFormatter>();
}

void flush_output() {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw SystemError(std::string("standard output cannot be written") +
                    (errno == 0 ? "" : std::string(": ") + std::strerror(errno)));
}

void check_arguments(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    throw UsageError("no command was given; there are: " + names_of_commands(app));
  }
  const std::string& first = arguments.front();
  if (first == "-h" || first == "--help" || first == "--version") return;
  if (first.starts_with('-')) {
    throw UsageError(fmt::format("{}: expected a command before it: {}", printable(first),
                                 names_of_commands(app)));
  }
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() != first) continue;
    const CLI::App* const below = subcommand(*command, arguments);
    if (below == nullptr) return ArgumentCheck(*command, arguments).run();
    return ArgumentCheck(*below, {arguments.begin() + 1, arguments.end()}).run();
  }
  throw UsageError(fmt::format("there is no command '{}'; there are: {}", printable(first),
                               names_of_commands(app)));
}

}  // namespace faultline::cli
