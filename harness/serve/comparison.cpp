#include "harness/serve/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "harness/serve/tally.hpp"
#include "harness/store/run_directory.hpp"

namespace faultline::serve {
namespace {

constexpr std::size_t kMostJson = std::size_t{16} << 20U;

Json numbers_of(const ResultsTree& tree, const RunId& run, const std::vector<FaultKind>& kinds,
                std::uint64_t most) {
  const auto history = tree.file(fmt::format("{}/{}", run.path(), kHistoryFile));
  if (!history) return nullptr;
  Tally tally(kinds);
  const Span span = each_event(*history, 0, most,
                               [&](const Event& event, std::string_view) { tally.add(event); });
  Json numbers = tally.to_json();
  numbers["damaged"] = span.damaged;
  numbers["size"] = history->size;
  numbers["read"] = std::min(history->size, most);
  return numbers;
}

Json options_of(const Json& a, const Json& b) {
  Json options = Json::array();
  const auto add = [&](const std::string& name) {
    const Json left = a.value(name, Json());
    const Json right = b.value(name, Json());
    options.push_back({{"name", name}, {"a", left}, {"b", right}, {"differs", left != right}});
  };
  for (const auto& [name, value] : a.items()) add(name);
  for (const auto& [name, value] : b.items()) {
    if (!a.contains(name)) add(name);
  }
  return options;
}

}  // namespace

Json json_file(const ResultsTree& tree, const RunId& run, std::string_view file) {
  const auto text = tree.text(fmt::format("{}/{}", run.path(), file), kMostJson);
  Json json = text ? Json::parse(*text, nullptr, false) : Json();
  return json.is_discarded() ? Json() : json;
}

Json checks_of(const Json& results) {
  Json checks = Json::array();
  if (!results.is_object() || !results.contains("checks")) return checks;
  for (const Json& check : results["checks"]) {
    if (!check.is_object()) continue;
    Json one;
    for (const char* key : {"checker", "verdict", "reason"}) one[key] = check.value(key, Json());
    checks.push_back(std::move(one));
  }
  return checks;
}

Json examine(const ResultsTree& tree, const RunId& run, const std::vector<FaultKind>& kinds,
             std::uint64_t most) {
  Json side;
  side["run"] = describe_run(tree, run);
  if (side["run"].is_null()) return nullptr;
  side["checks"] = checks_of(json_file(tree, run, kResultsFile));
  side["history"] = numbers_of(tree, run, kinds, most);
  return side;
}

Json compare(const ResultsTree& tree, const RunId& a, const RunId& b,
             const std::vector<FaultKind>& kinds) {
  Json both{{"a", examine(tree, a, kinds)}, {"b", examine(tree, b, kinds)}};
  if (both["a"].is_null() || both["b"].is_null()) return nullptr;
  Json left = json_file(tree, a, kTestFile);
  Json right = json_file(tree, b, kTestFile);
  if (!left.is_object()) left = Json::object();
  if (!right.is_object()) right = Json::object();
  both["options"] = options_of(left, right);
  return both;
}

}  // namespace faultline::serve
