// How long the store takes a line: recording a run, and reading a million lines back.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "harness/core/rng.hpp"
#include "harness/store/history_reader.hpp"
#include "harness/store/history_writer.hpp"
#include "harness/store/journal.hpp"

namespace faultline {
namespace {

constexpr std::size_t kLines = 1'000'000;

// A keyed register's history, as a five-minute run records it.
History register_history(std::size_t events) {
  Rng rng(1);
  History history;
  history.reserve(events);
  Time now = 0;
  while (history.size() < events) {
    now += static_cast<Time>(rng.below(600'000));
    Op op = rng.chance(1, 3)   ? invocation(f::kRead)
            : rng.chance(1, 2) ? invocation(f::kWrite, rng.between(0, 4))
                               : invocation(f::kCas, Value(2, 3));
    op.key = rng.between(0, 999);
    op.process = static_cast<Process>(rng.below(200));
    op.time = now;
    history.push_back(op);
    Op done = completion(op, rng.chance(1, 50) ? OpType::info : OpType::ok);
    if (done.type == OpType::info) done.error = kTimeout;
    if (done.f == f::kRead) done.value = rng.between(0, 4);
    done.time = now + 800'000;
    history.push_back(std::move(done));
  }
  return history;
}

class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "store-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  std::filesystem::path file() const { return path_ / "history"; }

 private:
  std::filesystem::path path_;
};

void per_line(benchmark::State& state, std::uint64_t bytes) {
  state.counters["time/line"] = benchmark::Counter(
      static_cast<double>(kLines),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["bytes/line"] = static_cast<double>(bytes) / static_cast<double>(kLines);
}

void record_journal(benchmark::State& state) {
  const History history = register_history(kLines);
  const Scratch scratch;
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    std::filesystem::remove(scratch.file());
    auto journal = Journal::create(scratch.file());
    for (const Op& op : history) {
      if (!journal->append(op)) state.SkipWithError("the journal failed");
    }
    if (!journal->flush()) state.SkipWithError("the journal failed");
    bytes = std::filesystem::file_size(scratch.file());
  }
  per_line(state, bytes);
}
BENCHMARK(record_journal)->Unit(benchmark::kMillisecond);

void read_file(benchmark::State& state, const std::filesystem::path& file) {
  for (auto _ : state) {
    const auto history = read_history(file);
    if (!history) {
      state.SkipWithError(history.error().message.c_str());
      break;
    }
    benchmark::DoNotOptimize(history->ops.data());
  }
  per_line(state, std::filesystem::file_size(file));
}

void read_jsonl(benchmark::State& state) {
  const Scratch scratch;
  {
    auto journal = Journal::create(scratch.file());
    for (const Op& op : register_history(kLines)) (void)journal->append(op);
  }
  read_file(state, scratch.file());
}
BENCHMARK(read_jsonl)->Unit(benchmark::kMillisecond);

// What simdjson's On-Demand, as Debian builds it, takes to read the columns of the same lines,
// without making ops of them. Put before our parser (which stays, for its messages, and for what is
// no JSON in our texts), with the checks that an op is all of its line, it gained nothing: the time
// goes into ops, values and fresh memory.
std::int64_t sum_of(simdjson::ondemand::value value) {
  using Type = simdjson::ondemand::json_type;
  std::int64_t sum = 0;
  switch (value.type()) {
    case Type::number: return value.get_int64();
    case Type::string: return static_cast<std::int64_t>(value.get_string().value().size());
    case Type::array:
      for (auto item : value.get_array()) sum += sum_of(item.value());
      return sum;
    default: return 0;
  }
}

void simdjson_reads_jsonl(benchmark::State& state) {
  std::string text;
  formats::JsonlEncoder encoder;
  for (const Op& op : register_history(kLines)) encoder.append(text, op);
  const simdjson::padded_string padded(text);
  simdjson::ondemand::parser parser;
#ifdef SIMDJSON_THREADS_ENABLED
  parser.threaded = false;
#endif
  for (auto _ : state) {
    std::int64_t sum = 0;
    std::size_t count = 0;
    simdjson::ondemand::document_stream lines;
    if (parser.iterate_many(padded).get(lines) != simdjson::SUCCESS) std::abort();
    for (auto line : lines) {
      for (auto item : line.get_array()) sum += sum_of(item.value());
      ++count;
    }
    if (count != kLines) state.SkipWithError("simdjson read another number of lines");
    benchmark::DoNotOptimize(sum);
  }
  per_line(state, text.size());
}
BENCHMARK(simdjson_reads_jsonl)->Unit(benchmark::kMillisecond);

// An operation is two events.
void read_operations_json(benchmark::State& state) {
  const Scratch scratch;
  std::FILE* const out = std::fopen(scratch.file().c_str(), "w");
  Rng rng(1);
  for (std::size_t i = 0; i < kLines / 2; ++i) {
    const std::uint64_t key = rng.below(10);
    const std::int64_t value = static_cast<std::int64_t>(i);
    const auto call = 1000 * static_cast<std::int64_t>(i);
    const auto client = rng.below(8);
    if (rng.chance(1, 2)) {
      fmt::print(out,
                 R"({{"ClientId":{},"Input":{{"Type":"txn","LeaseGrant":null,"LeaseRevoke":null,)"
                 R"("Range":null,"Txn":{{"Conditions":null,"OperationsOnSuccess":[{{"Type":)"
                 R"("put-operation","Range":{{"Start":"","End":"","Limit":0}},"Put":{{"Key":)"
                 R"("key{}","Value":{{"Value":"{}"}},"LeaseID":0}},"Delete":{{"Key":""}}}}],)"
                 R"("OperationsOnFailure":null}},"Defragment":null,"Compact":null}},"Call":{},)"
                 R"("Output":{{"Txn":{{"Failure":false,"Results":[{{"KVs":null,"Count":0,)"
                 R"("Deleted":0}}]}},"Range":null,"ClientError":"","Revision":{},"Error":""}},)"
                 R"("Return":{}}})"
                 "\n",
                 client, key, value, call, i + 2, call + 900);
    } else {
      fmt::print(out,
                 R"({{"ClientId":{},"Input":{{"Type":"range","LeaseGrant":null,"LeaseRevoke":null,)"
                 R"("Range":{{"Start":"key{}","End":"","Limit":0,"Revision":0}},"Txn":null,)"
                 R"("Defragment":null,"Compact":null}},"Call":{},"Output":{{"Txn":null,"Range":)"
                 R"({{"KVs":[{{"Key":"key{}","Value":{{"Value":"{}"}},"ModRevision":{}}}],)"
                 R"("Count":1}},"ClientError":"","Revision":{},"Error":""}},"Return":{}}})"
                 "\n",
                 client, key, call, key, value, i + 2, i + 2, call + 900);
    }
  }
  std::fclose(out);
  read_file(state, scratch.file());
}
BENCHMARK(read_operations_json)->Unit(benchmark::kMillisecond);

void write_edn(benchmark::State& state) {
  RecordedHistory history;
  history.ops = register_history(kLines);
  history.lines.resize(history.ops.size());
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    bytes = 0;
    const auto written = write_history(history, "", OutputFormat::edn, [&](std::string_view text) {
      bytes += text.size();
      return Result<void>();
    });
    if (!written) state.SkipWithError("it cannot be written");
  }
  per_line(state, bytes);
}
BENCHMARK(write_edn)->Unit(benchmark::kMillisecond);

// The same ops in somebody else's words.
void read_foreign(benchmark::State& state, const char* format) {
  const Scratch scratch;
  std::FILE* const out = std::fopen(scratch.file().c_str(), "w");
  for (const Op& op : register_history(kLines)) {
    fmt::print(out, fmt::runtime(format), fmt::arg("process", op.process),
               fmt::arg("type", to_string(op.type)), fmt::arg("f", op.f.name()),
               fmt::arg("value", op.value.to_string()), fmt::arg("time", op.time));
  }
  std::fclose(out);
  read_file(state, scratch.file());
}
BENCHMARK_CAPTURE(read_foreign, edn,
                  "{{:process {process}, :type :{type}, :f :{f}, :value {value}, :time {time}}}\n")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_foreign, history_txt, "{process}\t:{type}\t:{f}\t{value}\n")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_foreign, etcd_log, "INFO  jepsen.util - {process}\t:{type}\t:{f}\t{value}\n")
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace faultline

BENCHMARK_MAIN();
