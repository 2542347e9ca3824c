// The commands of the program, one file each. Each adds itself to the command line and, if it is
// the one that was given, sets `exit_code`. What goes wrong is thrown.
#pragma once

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "harness/core/result.hpp"

namespace CLI {
class App;
}

namespace faultline::cli {

// Bad input from the user: printed, and the program ends with kExitUsage.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The machine refuses: a full disk, a directory that cannot be written. Printed, and the program
// ends with kExitInternal, though it is no bug of ours.
struct SystemError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What a Result holds; its error is thrown as an Exception.
template <class Exception = SystemError, class T>
T require(Result<T> result) {
  if (!result) throw Exception(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

void add_test_command(CLI::App& app, int& exit_code);
void add_campaign_command(CLI::App& app, int& exit_code);
void add_check_command(CLI::App& app, int& exit_code);
void add_analyze_command(CLI::App& app, int& exit_code);
void add_replay_command(CLI::App& app, int& exit_code);
void add_shrink_command(CLI::App& app, int& exit_code);
void add_diagram_command(CLI::App& app, int& exit_code);
void add_report_command(CLI::App& app, int& exit_code);
void add_convert_command(CLI::App& app, int& exit_code);
void add_verify_command(CLI::App& app, int& exit_code);
void add_serve_command(CLI::App& app, int& exit_code);
void add_list_command(CLI::App& app, int& exit_code);
void add_doctor_command(CLI::App& app, int& exit_code);
void add_node_command(CLI::App& app, int& exit_code);
void add_guardian_command(CLI::App& app, int& exit_code);  // internal: of --env local

inline constexpr const char* kVersion = FAULTLINE_VERSION;
inline constexpr const char* kResultsRoot = "results";

}  // namespace faultline::cli
