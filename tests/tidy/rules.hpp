// The rules of the house that a program can check, each a pure function from a tree to what it
// finds wrong: "path:line: what, and what to do". No finding, no breach.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/tree.hpp"

namespace faultline::tidy {

using Findings = std::vector<std::string>;

// Who may include whom; and an include names a file of ours by its path from the root.
Findings check_includes(const Tree& tree);

// Lines of 100 columns (code, CMake and shell).
Findings check_columns(const Tree& tree);

// Files of 400 lines, functions of 70. What is above the limit today is listed in `ratchet`, a
// file of lines `file|function PATH LIMIT`. It may only shrink: an entry that is not exactly the
// present size is a finding.
Findings check_sizes(const Tree& tree, const SourceFile& ratchet);

// Every source is listed in a CMakeLists.txt at or above it, and every CMakeLists.txt is reached.
Findings check_registered(const Tree& tree);

// No file or folder is called a heap of this and that; code is named .cpp and .hpp.
Findings check_names(const Tree& tree);

// A header is included once, and its first line says what it is for.
Findings check_headers(const Tree& tree);

// No marks of unfinished work.
Findings check_marks(const Tree& tree);

// Chance comes from Rng alone. (The CLI may ask the system for a first seed; tests are free.)
Findings check_chance(const Tree& tree);

// Each folder of the house tells what it is for in a README.md.
Findings check_readmes(const Tree& tree);

}  // namespace faultline::tidy
