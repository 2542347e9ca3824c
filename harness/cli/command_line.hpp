// The command line around CLI11: what is wrong with it is said in our own words, and --help and
// `list options` show an option the same way. For the main thread.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

namespace faultline::cli {

// Adds an option that takes one value, kept as text; `value_name` stands for it in --help.
template <class Variable>
CLI::Option* add_value(CLI::App& command, const char* name, Variable& variable,
                       const char* value_name, const char* doc) {
  return command.add_option(name, variable, doc)->type_name(value_name);
}

// "--seed N", "files..."
std::string usage_of(const CLI::Option& option);
// Its documentation, and its default if it has one.
std::string doc_of(const CLI::Option& option);

// Shows options as the two functions above do.
std::shared_ptr<CLI::FormatterBase> make_help_formatter();

// Writes out what was printed so far. Throws SystemError if standard output takes it no longer.
void flush_output();

// Throws UsageError if `arguments` (without the program's name) do not fit the commands and options
// that `app` has: an unknown command or option, a value that is missing, a flag given twice.
void check_arguments(const CLI::App& app, const std::vector<std::string>& arguments);

}  // namespace faultline::cli
