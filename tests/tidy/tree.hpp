// Tree: the source tree as a value, so that the rules can be run over the real one and, in their
// own tests, over small bad ones. Immutable once loaded; may be shared between threads.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::tidy {

struct SourceFile {
  std::string path;  // from the root, with slashes
  std::vector<std::string> lines;

  bool is_header() const { return path.ends_with(".hpp"); }
  bool is_source() const { return path.ends_with(".cpp"); }
  bool is_cmake() const { return std::filesystem::path(path).filename() == "CMakeLists.txt"; }
  bool is_code() const { return is_header() || is_source(); }
};

using Tree = std::vector<SourceFile>;  // in order of their paths

// Whether `path` is `folder` or lies below it.
bool lies_in(std::string_view path, std::string_view folder);

// Null if there is none.
const SourceFile* find(const Tree& tree, std::string_view path);

// Reads what is written by hand: the files in the root and everything in the folders of the house.
// No build trees, no results, no version control.
Tree load_tree(const std::filesystem::path& root);

}  // namespace faultline::tidy
