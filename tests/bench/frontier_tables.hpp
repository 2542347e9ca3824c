// The tables of the frontier benchmark (frontier.cpp). To add one: a file beside this header with
// a function like these, a line below, and one in kTables in frontier.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace faultline::bench {

// How much of the tables to run.
struct Scale {
  std::vector<std::int64_t> ops;
  std::vector<int> clients;
  std::vector<int> crashed_percent;
  std::vector<std::uint64_t> seeds;
  std::chrono::seconds limit;  // of one check
};

// Each prints its table as it goes. False: a verdict was wrong, or evidence did not hold.
bool print_grid(const Scale& scale);
bool print_stale_reads(const Scale& scale);
bool print_unique_items(const Scale& scale);
bool print_exchanged_items(const Scale& scale);
bool print_etcd_logs(const Scale& scale);

}  // namespace faultline::bench
