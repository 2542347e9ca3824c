#include "tests/cli/program.hpp"

#define BOOST_PROCESS_USE_STD_FS
#include <boost/process.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace faultline {
namespace {

namespace fs = std::filesystem;
namespace bp = boost::process;

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> all;
  for (std::string word; in >> word;) all.push_back(word);
  return all;
}

bp::child start(const fs::path& directory, const std::string& program,
                const std::vector<std::string>& arguments) {
  // Boost.Process writes over what is there without cutting it off.
  for (const char* output : {"out", "err"}) fs::remove(directory / output);
  return bp::child(program, bp::args = arguments, bp::start_dir = directory.string(),
                   bp::std_in<bp::null, bp::std_out>(directory / "out").string(),
                   bp::std_err > (directory / "err").string());
}

}  // namespace

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Program::Program() {
  std::string name = (fs::temp_directory_path() / "cli-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = name;
}

Program::~Program() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

Ended Program::run(const std::string& arguments) const {
  bp::child child = start(directory_, FAULTLINE_PROGRAM, words(arguments));
  child.wait();
  return {child.exit_code(), slurp(path("out")), slurp(path("err"))};
}

Ended Program::shell(const std::string& script) const {
  const std::string program = "P='" + std::string(FAULTLINE_PROGRAM) + "'\n";
  bp::child child = start(directory_, "/bin/sh", {"-c", program + script});
  child.wait();
  return {child.exit_code(), slurp(path("out")), slurp(path("err"))};
}

void Program::run_and_kill(const std::string& arguments, const std::function<bool()>& ready) const {
  using Clock = std::chrono::steady_clock;
  bp::child child = start(directory_, FAULTLINE_PROGRAM, words(arguments));
  const auto deadline = Clock::now() + std::chrono::seconds(60);
  while (!ready() && Clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  child.terminate();  // SIGKILL
  child.wait();
}

void Program::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name), std::ios::binary) << text;
}

std::string line_after(const std::string& text, const std::string& label) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto begin = line.find_first_not_of(' ');
    if (begin == std::string::npos || line.compare(begin, label.size(), label) != 0) continue;
    const auto rest = line.find_first_not_of(' ', begin + label.size());
    return rest == std::string::npos ? "" : line.substr(rest);
  }
  return {};
}

std::string repeat_arguments_in(const std::string& out) {
  const std::string command = line_after(out, "repeat");
  const std::string program = "./faultline ";
  if (!command.starts_with(program)) throw std::runtime_error("no repeat command in:\n" + out);
  return command.substr(program.size());
}

}  // namespace faultline
