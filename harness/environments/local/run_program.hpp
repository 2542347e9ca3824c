// run_program: a program of this machine, run to its end. Blocks; any thread.
#pragma once

#include <string>
#include <vector>

#include "harness/core/result.hpp"

namespace faultline::local {

struct ProgramRun {
  int code = 0;        // its exit code
  std::string output;  // both of its streams
};

// argv[0] is looked up as find_program() does. Its output goes to a file meanwhile, not to a pipe:
// so should we be killed, it is not. Error: it cannot be started.
Result<ProgramRun> run_program(const std::vector<std::string>& argv);

}  // namespace faultline::local
