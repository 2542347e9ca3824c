// What the tests of the web view share: a directory of runs that goes away, with a file beside it
// that must never be seen. One test, one thread.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/serve/results_tree.hpp"
#include "harness/serve/router.hpp"

namespace faultline::serve {

inline constexpr const char* kSecret = "this lies outside";
inline constexpr const char* kName = "raft-register";
inline constexpr const char* kTime = "20261127T122656.973Z";
inline constexpr const char* kPlan =
    R"({"target":"raft","environment":"sim","workload":"register","nemeses":["kill","pause"],)"
    R"("bugs":["stale-read"],"seed":18446744073709551615,"nodes":5})";
inline constexpr const char* kResults =
    R"({"verdict":"invalid","reason":"key 0: <b>no</b>","repeat":"./faultline test","checks":[)"
    R"({"checker":"stats","verdict":"valid","ops":4},)"
    R"({"checker":"linearizable","verdict":"invalid","reason":"key 0"}]})";
inline constexpr const char* kHeader = R"({"faultline":"history","version":1,"columns":["time"]})"
                                       "\n";

class ServedRuns {
 public:
  ServedRuns() {
    std::string name = (std::filesystem::temp_directory_path() / "serve-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = name;
    std::filesystem::create_directories(root());
    std::ofstream(directory_ / "secret") << kSecret;
  }
  ~ServedRuns() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  ServedRuns(const ServedRuns&) = delete;
  ServedRuns& operator=(const ServedRuns&) = delete;

  std::filesystem::path root() const { return directory_ / "results"; }
  std::filesystem::path secret() const { return directory_ / "secret"; }

  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((root() / path).parent_path());
    std::ofstream(root() / path, std::ios::binary) << text;
  }
  // A judged run with a history of this text behind the header.
  void add_run(const std::string& run, const std::string& history = "") const {
    write(run + "/test.json", kPlan);
    write(run + "/results.json", kResults);
    write(run + "/history.jsonl", kHeader + history);
  }
  static std::string run() { return std::string(kName) + "/" + kTime; }

  ResultsTree tree() const {
    auto tree = ResultsTree::open(root());
    if (!tree) throw std::runtime_error(tree.error().message);
    return std::move(*tree);
  }

 private:
  std::filesystem::path directory_;
};

// The whole body of a response, whichever way it comes.
inline std::string body_of(Response& response) {
  if (!response.stream) return response.text;
  std::string all;
  for (std::string piece;;) {
    if (!response.stream->next(piece)) return all + "<error>";
    if (piece.empty()) return all;
    all += piece;
  }
}

}  // namespace faultline::serve
