#include "harness/environments/local/run_program.hpp"

#include <fmt/format.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <cassert>
#include <cstdio>
#include <memory>
#include <system_error>

#include "harness/environments/local/find_program.hpp"

namespace faultline::local {

namespace bp = boost::process;

Result<ProgramRun> run_program(const std::vector<std::string>& argv) {
  assert(!argv.empty());
  const std::unique_ptr<FILE, int (*)(FILE*)> output(std::tmpfile(), &std::fclose);
  if (!output) return Error{"there is no room for a temporary file in /tmp"};
  const std::string program = find_program(argv.front());
  if (program.empty()) return Error{fmt::format("there is no program {} (in PATH)", argv.front())};
  std::error_code failed;
  bp::child child(bp::exe = program,
                  bp::args = std::vector<std::string>(argv.begin() + 1, argv.end()),
                  bp::std_in<bp::null, (bp::std_out & bp::std_err)> output.get(), failed);
  if (failed) return Error{fmt::format("{}: {}", program, failed.message())};
  child.wait();
  ProgramRun run;
  run.code = child.exit_code();
  std::rewind(output.get());
  for (int c = std::fgetc(output.get()); c != EOF; c = std::fgetc(output.get())) {
    run.output += static_cast<char>(c);
  }
  return run;
}

}  // namespace faultline::local
