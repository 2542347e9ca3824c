// The program under test, as a process of its own, in a scratch directory that goes away with it.
// One test, one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace faultline {

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

std::string slurp(const std::filesystem::path& path);

class Program {
 public:
  Program();  // makes the directory; runs are kept in results/ there
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Runs it to its end with these arguments, separated by blanks.
  Ended run(const std::string& arguments) const;
  // Runs a script of the shell, in which "$P" is the program.
  Ended shell(const std::string& script) const;
  // Starts it, waits until `ready` (or ten seconds), and kills it with -9.
  void run_and_kill(const std::string& arguments, const std::function<bool()>& ready) const;

  std::filesystem::path path(const std::string& name) const { return directory_ / name; }
  std::filesystem::path latest(const std::string& file) const {
    return directory_ / "results" / "latest" / file;
  }
  void write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path directory_;
};

// What stands behind the word `label` at the beginning of a line: "repeat   ./faultline test ...".
std::string line_after(const std::string& text, const std::string& label);

// The arguments of the repeat command that the program printed.
std::string repeat_arguments_in(const std::string& out);

// Whether it says that this machine has not what --env local needs.
inline bool lacks_local(const Ended& ended) {
  return ended.code == 255 && ended.err.find("cannot be made here") != std::string::npos;
}

}  // namespace faultline
