#include "checkers/linearizable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checkers/linearizability/call_reader.hpp"
#include "checkers/linearizability/decide_all.hpp"

namespace faultline {
namespace {

constexpr std::size_t kNamedKeys = 10;  // in the text; the facts name all

class Linearizable final : public Checker {
 public:
  Linearizable(Model model, Value initial, ModelOptions options, Limits limits, LineNumbers lines)
      : model_(std::move(model)),
        initial_(std::move(initial)),
        options_(options),
        limits_(std::move(limits)),
        lines_(std::move(lines)) {}

  std::string name() const override { return "linearizable"; }

  Report check(const History& history, const Watch& watch) const override {
    const auto partitions = split_by_key(history);
    if (!partitions) {
      Report report;
      report.checker = name();
      report.reason = cannot_check(partitions.error().error());
      return report;
    }
    std::vector<std::shared_ptr<const ObjectHistory>> objects;
    std::vector<std::string> errors;  // that one key makes no sense does not excuse another
    for (const Partition& partition : *partitions) {
      auto object = read_object(history, partition, model_, initial_, options_);
      errors.push_back(object ? "" : cannot_check(object.error().error()));
      objects.push_back(
          std::make_shared<const ObjectHistory>(object ? std::move(*object) : ObjectHistory{}));
    }
    const auto judged = decide_all(objects, model_, limits_, watch);
    Tally tally;
    for (std::size_t i = 0; i < judged.size(); ++i) {
      Decision nothing;
      nothing.reason = errors[i];
      const Decision& decision = errors[i].empty() ? judged[i].decision : nothing;
      add(history, (*partitions)[i].key, *objects[i], decision, judged[i].core, tally);
    }
    return report(partitions->size(), std::move(tally));
  }

 private:
  struct Tally {
    Verdict verdict = Verdict::valid;
    std::int64_t ops = 0;
    std::int64_t configurations = 0;
    std::map<std::string_view, int> searches;
    Value::List invalid_keys;
    Value::List unknown_keys;
    std::string reason;
    std::string text;
    std::vector<Evidence::Part> evidence;
  };

  static std::string cannot_check(const Error& error) {
    return "the history cannot be checked: " + error.message;
  }

  void add(const History& history, const Value& key, const ObjectHistory& object,
           const Decision& decision, const std::optional<Core>& core, Tally& tally) const {
    tally.evidence.push_back({key, decision.verdict, {}, core, decision.reason});
    Evidence::Part& evidence = tally.evidence.back();
    if (decision.verdict == Verdict::valid) evidence.linearization = decision.linearization;
    if (decision.verdict == Verdict::invalid && !core) {
      evidence.reason = "no core was found within the limits";
    }
    tally.ops += static_cast<std::int64_t>(decision.ops);
    tally.configurations += static_cast<std::int64_t>(decision.configurations);
    if (!decision.search.empty()) ++tally.searches[decision.search];
    if (!key.is_nothing()) {
      if (decision.verdict == Verdict::invalid) tally.invalid_keys.push_back(key);
      if (decision.verdict == Verdict::unknown) tally.unknown_keys.push_back(key);
    }
    if (decision.verdict <= tally.verdict) return;  // the first of the worst is told in full
    tally.verdict = decision.verdict;
    tally.reason = decision.reason;
    if (decision.verdict == Verdict::invalid) {
      const Counterexample found = explain(history, key, object, model_, decision, core, lines_);
      tally.reason = found.sentence;
      tally.text = found.text;
    }
    if (!key.is_nothing()) {
      tally.reason = fmt::format("key {}: {}", key.to_string(), tally.reason);
    }
  }

  Report report(std::size_t keys, Tally tally) const {
    Report report;
    report.checker = name();
    report.verdict = tally.verdict;
    report.reason = std::move(tally.reason);
    report.text = std::move(tally.text);
    report.evidence = Evidence{std::string(model_.name), initial_, options_.nil_read_unconstrained,
                               std::move(tally.evidence)};
    report.facts.emplace_back("model", Value(model_.name));
    report.facts.emplace_back("keys", static_cast<std::int64_t>(keys));
    report.facts.emplace_back("ops", tally.ops);
    report.facts.emplace_back("configurations", tally.configurations);
    for (const auto& [search, decided] : tally.searches) {
      report.facts.emplace_back(fmt::format("decided_{}", search), decided);
    }
    const std::string others = name_others(tally.invalid_keys);
    if (!others.empty()) report.text += "\nAlso not linearizable: " + others + "\n";
    if (!tally.invalid_keys.empty()) {
      report.facts.emplace_back("invalid_keys", Value(std::move(tally.invalid_keys)));
    }
    if (!tally.unknown_keys.empty()) {
      report.facts.emplace_back("unknown_keys", Value(std::move(tally.unknown_keys)));
    }
    return report;
  }

  static std::string name_others(const Value::List& keys) {
    std::string text;
    for (std::size_t i = 1; i < keys.size() && i <= kNamedKeys; ++i) {
      text += (i == 1 ? "key " : ", ") + keys[i].to_string();
    }
    if (keys.size() > kNamedKeys + 1)
      text += fmt::format(" and {} more", keys.size() - 1 - kNamedKeys);
    return text;
  }

  const Model model_;
  const Value initial_;
  const ModelOptions options_;
  const Limits limits_;
  const LineNumbers lines_;
};

}  // namespace

std::unique_ptr<Checker> make_linearizable(const Model& model, Value initial, ModelOptions options,
                                           Limits limits, LineNumbers lines) {
  return std::make_unique<Linearizable>(model, std::move(initial), options, std::move(limits),
                                        std::move(lines));
}

std::optional<OpError> find_misfit(const History& history, const Model& model) {
  const auto partitions = split_by_key(history);
  if (!partitions) return partitions.error();
  std::optional<OpError> first;
  const CallReader calls(history, model);
  for (const Partition& partition : *partitions) {
    for (const Operation& operation : partition.operations) {
      auto call = calls.read(operation);
      if (call) continue;
      if (!first || call.error().op < first->op) first = call.error();
      break;
    }
  }
  return first;
}

}  // namespace faultline
