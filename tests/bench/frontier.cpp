// The tables by which checkers are compared: what is decided at all, how fast, in how much memory.
// `./faultline bench` builds and runs this program; kMethod says how it measures.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/frontier_tables.hpp"

namespace faultline::bench {
namespace {

constexpr const char* kMethod =
    R"(Histories. Of one CAS register that is really atomic, in a closed loop: every client always
has an op open, which is harsher than most recorded tests. At every turn one client, drawn at
random, goes on: invoke, take effect, return and invoke again. Reads, writes and cas in equal
parts; failed cas are kept, as observations. "5 values": written values are drawn from five.
"unique": every written value is new; a cas expects the current value, or one of the last
five, half the time each. "crashed": that share of writes and cas ends in info; half of those
take effect, at once or later. (tests/checkers/closed_loop.hpp; equal in kind to the Python
generators of the published figures.) "stale": in one read, the one at 99 % of the history,
another value is returned: of five values any other, of unique ones what a read half-way
through returned. With five values that may be right.

Collections (tests/checkers/unique_histories.hpp). The same of a queue, a stack, a set, a priority
queue; half the ops add a new item, the others remove one, a tenth of those that may only look.
"exchanged": two removes, at 99 %, return each other's items; that may be right. PolyLin's histories
(Lee and Mathur 2025) are of this kind, with 10 clients and none crashed.

Time. Each history is generated, and checked once, in a process of its own: nothing is warm, and
threads and memory of one check do not touch another. The clock runs from the history in memory, as
reading a file leaves it, to the report; so pairing, splitting by key and compiling are in it;
generating, reading and verifying are not. "check" is what a user waits for: the verdict with its
evidence, a linearization or a core, and the text of the counterexample. "verdict" is without those,
for comparison with checkers that give none. Figures are medians over the seeds, 1 to 3.

Memory. The greatest resident size of that process during the check, the history (about 150 bytes
an op) included; the maximum over the seeds. "core": ops in the core, the median of invalid ones.

Limits. A check is given 60 s and 8 GB; one that ends undecided is "unknown", and its time counts.

Verified. The evidence of each verdict is checked by the verifier (checkers/verify.hpp), which
shares no code with the search. A verdict that is wrong, or whose evidence does not hold, makes the
program exit with 1.

etcd logs. Those in etcd-logs/ of the shared data, or of the folder that FAULTLINE_DATA names: model
cas-register, initially nil. All logs are read first. Then all are checked, one after another on one
thread, 50 times; the figure is the median of the totals.
)";

struct Table {
  std::string_view name;
  std::string_view title;
  bool (*print)(const Scale& scale);
};
constexpr Table kTables[] = {
    {"grid", "one CAS register, closed loop", print_grid},
    {"stale", "the same with one stale read at 99 %", print_stale_reads},
    {"unique", "collections to which every item is added once, closed loop", print_unique_items},
    {"exchanged", "the same with two results exchanged at 99 %", print_exchanged_items},
    {"etcd", "the recorded logs of Jepsen's etcd test", print_etcd_logs},
};

Scale scale_of(bool quick) {
  if (quick) return {{1'000, 10'000, 100'000}, {10, 50}, {0, 5}, {1}, std::chrono::seconds(5)};
  return {{1'000, 10'000, 100'000, 1'000'000},
          {5, 10, 20, 50},
          {0, 1, 5},
          {1, 2, 3},
          std::chrono::seconds(60)};
}

int run(int argc, char** argv) {
  CLI::App app("Prints the tables by which consistency checkers are compared.", "faultline bench");
  bool quick = false;
  bool method = false;
  std::vector<std::string> chosen;
  std::vector<std::string> names;
  for (const Table& table : kTables) names.emplace_back(table.name);
  app.add_flag("--quick", quick, "fewer cells, one seed, 5 s a check: about a minute");
  app.add_flag("--method", method, "say what is measured, and how");
  app.add_option("--table", chosen, "only this table; may be given more than once")
      ->allow_extra_args(false)
      ->check(CLI::IsMember(names));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 254;
  }
  if (method) {
    std::fputs(kMethod, stdout);
    return 0;
  }
  bool sound = true;
  for (const Table& table : kTables) {
    const bool wanted = std::find(chosen.begin(), chosen.end(), table.name) != chosen.end();
    if (!chosen.empty() && !wanted) continue;
    std::printf("%s: %s\n\n", table.name.data(), table.title.data());
    sound = table.print(scale_of(quick)) && sound;
    std::printf("\n");
  }
  return sound ? 0 : 1;
}

}  // namespace
}  // namespace faultline::bench

int main(int argc, char** argv) {
  return faultline::bench::run(argc, argv);
}
