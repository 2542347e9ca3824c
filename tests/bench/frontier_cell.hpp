// A cell of a table: one kind of generated history, checked once for each seed, each time in a
// process of its own. kMethod in frontier.cpp says what is measured.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checkers/verify.hpp"
#include "tests/bench/frontier_tables.hpp"

namespace faultline::bench {

// What is checked.
struct Subject {
  std::string shape;  // how it reads in the table's first columns
  std::string model;
  std::int64_t ops = 0;
  std::function<History(std::uint64_t seed)> history;
  std::optional<Verdict> expected;  // nothing if it may be valid or not
};

struct Measured {
  Verdict verdict = Verdict::unknown;
  double verdict_seconds = 0;  // without evidence
  double check_seconds = 0;
  double megabytes = 0;
  std::size_t core_ops = 0;
  Proof proof = Proof::missing;
};

struct Cell {
  Subject subject;
  std::vector<Measured> runs;  // one a seed

  int count(Verdict verdict) const;
  int count(Proof proof) const;
  bool sound() const;  // no verdict is wrong, no evidence fails
  double median(double Measured::*figure) const;
  std::optional<std::size_t> median_core() const;  // of the seeds with a core
  double megabytes() const;                        // the most
  // "valid", or with the numbers of seeds if they differ: "invalid 2, valid 1".
  std::string verdict() const;
};

// Runs the cells and prints a row for each as soon as it is done; then what they have in common.
// `shape_columns` is the heading above the subjects' shapes. False: a cell is not sound.
bool print_cells(const std::string& shape_columns, const std::vector<Subject>& subjects,
                 const Scale& scale);

}  // namespace faultline::bench
