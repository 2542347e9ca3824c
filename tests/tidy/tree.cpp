#include "tests/tidy/tree.hpp"

#include <algorithm>
#include <fstream>

namespace faultline::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolders[] = {".ci",     "checkers", "harness",  "nemeses",
                                         "targets", "tests",    "workloads"};

SourceFile load(const fs::path& root, const fs::path& file) {
  SourceFile source{file.lexically_relative(root).generic_string(), {}};
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) source.lines.push_back(std::move(line));
  return source;
}

}  // namespace

bool lies_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

const SourceFile* find(const Tree& tree, std::string_view path) {
  const auto it = std::find_if(tree.begin(), tree.end(),
                               [&](const SourceFile& file) { return file.path == path; });
  return it == tree.end() ? nullptr : &*it;
}

Tree load_tree(const fs::path& root) {
  Tree tree;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.is_regular_file()) tree.push_back(load(root, entry.path()));
  }
  for (const auto folder : kFolders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file()) tree.push_back(load(root, entry.path()));
    }
  }
  std::sort(tree.begin(), tree.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return tree;
}

}  // namespace faultline::tidy
