// FunctionLength: how long the functions of a file are. Thread-safe: pure.
//
// No parser, but what clang-format guarantees: a declaration begins at its scope's indent, and its
// closing brace stands there, too. Lines in raw strings are skipped; a lambda counts for the
// function it stands in; what fits on one line is of no interest.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace faultline::tidy {

struct FunctionLength {
  std::size_t first_line = 0;  // counted from 1
  std::size_t lines = 0;       // from the first line of its declaration to its closing brace
};

std::vector<FunctionLength> function_lengths(const std::vector<std::string>& lines);

}  // namespace faultline::tidy
