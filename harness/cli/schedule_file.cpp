#include "harness/cli/schedule_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "harness/cli/registry.hpp"
#include "harness/core/utf8.hpp"
#include "harness/run/op_nodes.hpp"
#include "harness/store/formats/formats.hpp"
#include "harness/store/formats/jsonl.hpp"
#include "harness/store/json_value.hpp"

namespace faultline::cli {
namespace {

constexpr int kVersionOfFormat = 1;
// Longer than any run (flags of time end at a hundred days, and there are several), and so far from
// the end of Time that sums of some such times are still times.
constexpr Time kLastTime = 1'000'000'000 * kSecond;

bool is_comment(const Line& line) {
  const std::size_t begin = line.text.find_first_not_of(" \t");
  return begin != std::string_view::npos && line.text[begin] == '#';
}

Result<TestPlan> read_plan(const Source& source, const Line& line) {
  const Json json = Json::parse(line.text.begin(), line.text.end(), nullptr, false);
  if (!json.is_object() || json.value("faultline", Json()) != "schedule") {
    return source.error(line.offset,
                        R"(expected the plan of a schedule, {"faultline":"schedule",...})");
  }
  if (json.value("version", Json()) != kVersionOfFormat) {
    return source.error(line.offset,
                        fmt::format("expected version {} of the schedule format, found {}",
                                    kVersionOfFormat, json.value("version", Json()).dump()));
  }
  auto plan = plan_from_json(json);
  if (!plan) return source.error(line.offset, "in the plan, " + plan.error().message);
  const bool sane = plan->nodes >= 1 && plan->concurrency >= 1 && plan->rate >= 1 &&
                    plan->threads_per_key >= 1 && plan->ops_per_key >= 1 && plan->values >= 1 &&
                    plan->nemesis_interval >= 1;
  if (!sane) return source.error(line.offset, "in the plan, a number is 0 that must be 1 or more");
  for (const Duration duration :
       {plan->time_limit, plan->nemesis_interval, plan->recovery_bound, plan->latency}) {
    if (duration <= kLastTime) continue;
    return source.error(line.offset, fmt::format("in the plan, expected times up to {}, found {}",
                                                 kLastTime, duration));
  }
  return plan;
}

// The ops behind the plan, each with its line. The text is that of a history of invocations once
// plan and comments are taken out of it.
Result<RecordedHistory> read_ops(const Source& source, const Line& plan) {
  std::string text(formats::kJsonlHeader);
  text.pop_back();
  text.append(std::count(source.text().begin(), source.text().begin() + plan.offset, '\n'), '\n');
  Lines lines(source.text());
  Line line;
  while (lines.next(line)) {
    if (line.number <= plan.number) continue;
    text += '\n';
    if (!is_comment(line)) text += line.text;
  }
  text += '\n';
  auto history = formats::read_jsonl(Source::of_text(source.name(), std::move(text)));
  if (history && !history->notes.empty()) {
    return source.error(source.text().size(), "expected a whole op, but the last line breaks off");
  }
  return history;
}

// What must be known of the parts of a plan to judge its ops.
struct Known {
  std::vector<std::string> of_clients;
  std::vector<std::string> of_nemesis;
  int nodes = 0;
};

Result<Known> known_of(const TestPlan& plan) {
  const auto parts = assemble(plan);
  if (!parts) return parts.error();
  Known known;
  known.nodes = plan.nodes;
  for (const Symbol f : parts->workload->functions()) known.of_clients.push_back(f.name());
  for (const Symbol f : parts->nemesis->functions()) known.of_nemesis.push_back(f.name());
  for (const Symbol f : {f::kHealed, f::kFinished}) known.of_nemesis.push_back(f.name());
  return known;
}

// Empty, or what is wrong with the op.
std::string fault_of(const Op& op, const Known& known) {
  if (op.type != OpType::invoke) return "expected an invocation: its type must be \"invoke\"";
  if (op.time < 0 || op.time > kLastTime) {
    return fmt::format("expected a time from 0 to {} nanoseconds, found {}", kLastTime, op.time);
  }
  const auto& functions = op.is_nemesis() ? known.of_nemesis : known.of_clients;
  if (std::ranges::find(functions, op.f.name()) == functions.end()) {
    return fmt::format("expected a function that the plan's {} {}: {}; found {}",
                       op.is_nemesis() ? "nemeses" : "workload", op.is_nemesis() ? "have" : "has",
                       fmt::join(functions, ", "), printable(op.f.name()));
  }
  if (!op.is_nemesis()) return {};
  for (const NodeId node : nodes_named(op)) {
    if (node < known.nodes) continue;
    return fmt::format("expected nodes that the plan has, n1 to n{}; found {}", known.nodes,
                       node_name(node));
  }
  return {};
}

// The marks divide the file, so there is an order among them.
class MarkOrder {
 public:
  std::string fault_of(const Op& op) {
    if (finished_) return "expected nothing behind finished";
    if (!op.is_nemesis()) return {};
    if (op.f == f::kHealed && std::exchange(healed_, true)) return "expected healed only once";
    finished_ = op.f == f::kFinished;
    return {};
  }

 private:
  bool healed_ = false;
  bool finished_ = false;
};

}  // namespace

std::string schedule_text(const ScheduledTest& test, const std::vector<std::string>& comments) {
  std::string text;
  for (const std::string& comment : comments) text += "# " + comment + "\n";
  Json plan{{"faultline", "schedule"}, {"version", kVersionOfFormat}};
  plan.update(to_json(test.plan));
  text += plan.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  formats::JsonlEncoder encoder;
  for (const Op& op : to_ops(test.schedule)) encoder.append(text, op);
  return text;
}

Result<ScheduledTest> read_schedule(const std::filesystem::path& path) {
  const Result<Source> source = Source::open(path);
  if (!source) return source.error();
  return read_schedule(*source);
}

Result<ScheduledTest> read_schedule(const Source& source) {
  Lines lines(source.text());
  Line first;
  while (lines.next(first) && (first.is_blank() || is_comment(first))) {
  }
  auto plan = read_plan(source, first);
  if (!plan) return plan.error();
  auto read = read_ops(source, first);
  if (!read) return read.error();
  const auto known = known_of(*plan);
  if (!known) return source.error(first.offset, known.error().message);
  MarkOrder marks;
  for (std::size_t i = 0; i < read->ops.size(); ++i) {
    std::string fault = fault_of(read->ops[i], *known);
    if (fault.empty()) fault = marks.fault_of(read->ops[i]);
    if (fault.empty()) continue;
    return Error{fmt::format("{}:{}: {}", source.name(), read->lines[i], fault)};
  }
  return ScheduledTest{std::move(*plan), schedule_from(std::move(read->ops))};
}

}  // namespace faultline::cli
