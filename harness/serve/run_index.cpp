#include "harness/serve/run_index.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <future>
#include <tuple>
#include <utility>

#include "harness/serve/target.hpp"
#include "harness/store/run_directory.hpp"

namespace faultline::serve {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMostJson = std::size_t{64} << 20U;
constexpr std::size_t kMostReason = 400;
constexpr Nanoseconds kSecondNs = 1'000'000'000;

Nanoseconds now_ns() {
  using std::chrono::nanoseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<nanoseconds>(now).count();
}

// The end of a history: when its last whole line was, and whether it is the last of all.
struct Ending {
  std::optional<std::int64_t> time;
  bool finished = false;
};

// Without its end. Searched for from behind in tails that grow: a line may be long, and mostly is
// not. Empty if it is longer than anybody waits for.
std::string last_whole_line(const OpenFile& history) {
  constexpr std::uint64_t kMostTail = std::uint64_t{16} << 20U;
  for (std::uint64_t count = 4096;; count *= 8) {
    const std::uint64_t from = history.size - std::min(history.size, count);
    std::string tail = history.read(from, history.size - from);
    const std::size_t end = tail.rfind('\n');
    if (end != std::string::npos) {
      tail.resize(end);
      const std::size_t before = tail.rfind('\n');
      if (before != std::string::npos) return tail.substr(before + 1);
      if (from == 0) return tail;
    }
    if (from == 0 || count >= kMostTail) return {};
  }
}

Ending ending_of(const OpenFile& history) {
  const std::string line = last_whole_line(history);
  Ending ending;
  std::int64_t time = 0;
  if (!line.starts_with('[')) return ending;
  const auto parsed = std::from_chars(line.data() + 1, line.data() + line.size(), time);
  if (parsed.ec == std::errc()) ending.time = time;
  ending.finished = line.find(R"("nemesis","info","finished")") != std::string::npos;
  return ending;
}

const OpenFile* address(const std::optional<OpenFile>& file) {
  return file ? &*file : nullptr;
}

// From those of a run's files that are there. The age counts only where the kernel does not say
// that somebody writes there: a run may be quiet for long.
std::optional<RunState> state_from(const OpenFile* results, const OpenFile* plan,
                                   const OpenFile* history) {
  constexpr Nanoseconds kLongest = 600 * kSecondNs;  // who wrote so long ago has gone
  if (results != nullptr) return RunState::judged;
  if (plan == nullptr && history == nullptr) return std::nullopt;
  const Nanoseconds age = now_ns() - (history != nullptr ? history : plan)->modified;
  const auto writer = history != nullptr ? history->has_writer() : std::nullopt;
  if (history != nullptr && ending_of(*history).finished) {
    return writer == true || age <= kLongest ? RunState::judging : RunState::cut_short;
  }
  const bool recent = age < 30 * kSecondNs;
  return writer.value_or(recent) ? RunState::running : RunState::cut_short;
}

// Of a field that is missing or of another kind: nothing.
Json text_at(const dom::element& object, const char* key, std::size_t most = kMostReason) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return nullptr;
  return std::string(text.substr(0, most));
}

Json texts_at(const dom::element& object, const char* key) {
  Json texts = Json::array();
  dom::array array;
  if (object[key].get(array) != simdjson::SUCCESS) return texts;
  for (const dom::element element : array) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) texts.push_back(std::string(text));
  }
  return texts;
}

void add_plan(const dom::element& plan, Json& row) {
  for (const char* key : {"target", "environment", "workload"}) row[key] = text_at(plan, key);
  for (const char* key : {"nemeses", "bugs"}) row[key] = texts_at(plan, key);
  std::uint64_t seed = 0;  // as text: a page's numbers end at 2^53
  if (plan["seed"].get(seed) == simdjson::SUCCESS) row["seed"] = std::to_string(seed);
}

void add_results(const dom::element& results, Json& row) {
  row["verdict"] = text_at(results, "verdict");
  row["reason"] = text_at(results, "reason");
  dom::array checks;
  if (results["checks"].get(checks) != simdjson::SUCCESS) return;
  for (const dom::element check : checks) {
    std::uint64_t ops = 0;
    if (text_at(check, "checker") != "stats") continue;
    if (check["ops"].get(ops) == simdjson::SUCCESS) row["ops"] = ops;
  }
}

// Reads a file of the run and hands it on; says in the row if it cannot be read.
template <typename Add>
void add_file(const OpenFile& file, std::string_view name, Json& row, Add add) {
  thread_local dom::parser parser;
  std::string text;
  if (file.size <= kMostJson) text = file.read(0, file.size);
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  dom::element element;
  if (parser.parse(text).get(element) != simdjson::SUCCESS || !element.is_object()) {
    row["reason"] = fmt::format("{} is damaged", name);
  } else {
    add(element, row);
  }
}

Json describe(const ResultsTree& folder, const RunId& run) {
  const auto results = folder.file(kResultsFile);
  const auto plan = folder.file(kTestFile);
  const auto history = folder.file(kHistoryFile);
  const auto state = state_from(address(results), address(plan), address(history));
  if (!state) return nullptr;
  Json row;
  row["id"] = encode_path(run.path());
  row["name"] = run.name;
  row["time"] = run.time;
  row["state"] = to_string(*state);
  if (plan) add_file(*plan, kTestFile, row, add_plan);
  if (results) add_file(*results, kResultsFile, row, add_results);
  if (const auto time = history ? ending_of(*history).time : std::nullopt) {
    const auto milliseconds = *time / 1'000'000;
    row["seconds"] = static_cast<double>(milliseconds) / 1e3;
  }
  return row;
}

// Positions of runs, those of one name together, in pieces of some dozens.
std::vector<std::vector<std::size_t>> pieces_of(const std::vector<RunId>& runs) {
  constexpr std::size_t kPiece = 64;
  std::unordered_map<std::string_view, std::size_t> last;  // the piece of a name
  std::vector<std::vector<std::size_t>> pieces;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto [known, is_new] = last.try_emplace(runs[i].name, pieces.size());
    if (is_new || pieces[known->second].size() == kPiece) {
      known->second = pieces.size();
      pieces.emplace_back();
    }
    pieces[known->second].push_back(i);
  }
  return pieces;
}

// Calls each(piece) for all of them, several at a time: most of the time goes by in the kernel, and
// when nothing is cached in waiting for the disk, which is faster if it is asked for more.
template <typename Piece, typename Each>
void in_parallel(const std::vector<Piece>& pieces, Each each) {
  constexpr std::size_t kMostThreads = 8;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < pieces.size(); i = next++) each(pieces[i]);
  };
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < std::min(kMostThreads, pieces.size()); ++i) {
    others.push_back(std::async(std::launch::async, work));
  }
  work();
  for (std::future<void>& other : others) other.get();
}

}  // namespace

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::judged: return "judged";
    case RunState::running: return "running";
    case RunState::judging: return "judging";
    case RunState::cut_short: return "cut-short";
  }
  return "?";
}

std::optional<RunState> state_of(const ResultsTree& tree, const RunId& run) {
  const auto folder = tree.below(run.path());
  if (!folder) return std::nullopt;
  const auto results = folder->file(kResultsFile);
  const auto plan = folder->file(kTestFile);
  const auto history = folder->file(kHistoryFile);
  return state_from(address(results), address(plan), address(history));
}

Json describe_run(const ResultsTree& tree, const RunId& run) {
  const auto folder = tree.below(run.path());
  Json row = folder ? describe(*folder, run) : Json();
  if (!row.is_null()) row["report"] = folder->file("report.html").has_value();
  return row;
}

// Newest first.
std::vector<RunId> RunIndex::runs() const {
  std::vector<RunId> runs;
  for (const std::string& name : tree_.folders(".")) {
    for (std::string& time : tree_.folders(name)) runs.push_back({name, std::move(time)});
  }
  std::sort(runs.begin(), runs.end(), [](const RunId& a, const RunId& b) {
    return std::tie(a.time, a.name) > std::tie(b.time, b.name);
  });
  return runs;
}

// What is to be remembered has the time of its directory, the rest -1. `folder` is that of the
// name.
std::optional<RunIndex::Known> RunIndex::look_at(const ResultsTree& folder, const RunId& run,
                                                 Nanoseconds now) const {
  const auto directory = folder.entry(run.time);
  if (!directory) return std::nullopt;
  const Nanoseconds modified = directory->modified;
  // What has changed within the clock's last tick may change again without a trace.
  const bool settled = now - modified > kSecondNs;
  if (settled) {
    const std::shared_lock lock(mutex_);
    const auto known = known_.find(run.path());
    if (known != known_.end() && known->second.modified == modified) return known->second;
  }
  const auto files = folder.below(run.time);
  const Json row = files ? describe(*files, run) : Json();
  if (row.is_null()) return std::nullopt;
  const bool keep = settled && row["state"] == to_string(RunState::judged);
  return Known{keep ? modified : -1, row.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

// Their rows, in the same order. `all`: there are no others, so that what is known of others is
// forgotten.
std::vector<std::string> RunIndex::read(const std::vector<RunId>& runs, bool all) {
  const Nanoseconds now = now_ns();
  std::vector<std::optional<Known>> found(runs.size());
  in_parallel(pieces_of(runs), [&](const std::vector<std::size_t>& piece) {
    const auto folder = tree_.below(runs[piece.front()].name);
    for (const std::size_t i : piece) {
      if (folder) found[i] = look_at(*folder, runs[i], now);
    }
  });
  std::vector<std::string> rows;
  const std::unique_lock lock(mutex_);
  if (all) known_.clear();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!found[i]) continue;
    rows.push_back(found[i]->row);
    if (found[i]->modified >= 0) known_[runs[i].path()] = std::move(*found[i]);
  }
  return rows;
}

std::string RunIndex::list(std::optional<std::size_t> most) {
  std::unique_lock reading(reading_all_, std::defer_lock);
  if (!most) reading.lock();
  std::vector<RunId> runs = this->runs();
  const bool more = most && runs.size() > *most;
  if (more) runs.resize(*most);
  const std::vector<std::string> rows = read(runs, !more);
  return fmt::format("{{\"runs\":[{}],\"more\":{}}}\n", fmt::join(rows, ",\n"), more);
}

}  // namespace faultline::serve
