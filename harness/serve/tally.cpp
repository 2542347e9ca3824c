#include "harness/serve/tally.hpp"

#include <algorithm>
#include <utility>

#include "harness/core/quantile.hpp"

namespace faultline::serve {
namespace {

constexpr Time kSlot = 100 * kMillisecond;  // bins are made of these
constexpr Time kMostBins = 120;

double in_ms(Duration duration) {
  const Duration microseconds = duration / kMicrosecond;
  return static_cast<double>(microseconds) / 1e3;
}

}  // namespace

int outcome_of(OpType type) {
  return type == OpType::ok ? 0 : type == OpType::fail ? 1 : 2;
}

Tally::Tally(const std::vector<FaultKind>& kinds) {
  for (const FaultKind& kind : kinds) {
    if (!kind.strike.empty()) kind_of_strike_[kind.strike] = kind.name;
    cures_.insert(kind.cure);
  }
}

void Tally::add(const Event& event) {
  end_ = std::max(end_, event.time);
  if (event.is_nemesis()) return add_nemesis(event);
  if (event.type == OpType::invoke) {
    invoked_[event.process] = event.time;
    return;
  }
  const auto outcome = static_cast<std::size_t>(outcome_of(event.type));
  Function& function = functions_[event.f];
  ++function.outcomes[outcome];
  ++by_slot_[event.time / kSlot][outcome];
  const auto invoked = invoked_.find(event.process);
  if (invoked == invoked_.end()) return;
  if (event.type == OpType::ok) function.latencies.push_back(event.time - invoked->second);
  invoked_.erase(invoked);
}

void Tally::add_nemesis(const Event& event) {
  if (event.type == OpType::invoke) return;
  const Op op = nemesis_op(event);
  if (op.f == f::kLeader && event.error.empty()) leaders_.see(event.value);
  if (!is_fault_or_cure(op) || cures_.contains(event.f)) return;
  const auto kind = kind_of_strike_.find(event.f);
  ++faults_[kind == kind_of_strike_.end() ? event.f : kind->second];
}

Json Tally::functions() {
  Json all = Json::array();
  for (auto& [f, function] : functions_) {
    Json one{{"f", f},
             {"ok", function.outcomes[0]},
             {"fail", function.outcomes[1]},
             {"info", function.outcomes[2]}};
    if (auto& latencies = function.latencies; !latencies.empty()) {
      std::sort(latencies.begin(), latencies.end());
      one["p50_ms"] = in_ms(quantile(latencies, 50));
      one["p99_ms"] = in_ms(quantile(latencies, 99));
      one["max_ms"] = in_ms(latencies.back());
    }
    all.push_back(std::move(one));
  }
  return all;
}

Json Tally::bins(Time bin) const {
  Json all = Json::array();
  for (Time i = 0; i <= end_ / kSlot / bin && i < kMostBins + 1; ++i) {
    Outcomes sum{};
    for (auto slot = by_slot_.lower_bound(i * bin);
         slot != by_slot_.end() && slot->first < (i + 1) * bin; ++slot) {
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += slot->second[k];
    }
    all.push_back(sum);
  }
  return all;
}

Json Tally::to_json() {
  std::uint64_t ops = 0;
  Outcomes total{};
  for (const auto& [f, function] : functions_) {
    for (std::size_t k = 0; k < total.size(); ++k) total[k] += function.outcomes[k];
  }
  for (const std::uint64_t count : total) ops += count;
  const double seconds = to_seconds(end_);
  const Time bin = std::max<Time>(1, (end_ / kSlot + kMostBins - 1) / kMostBins);  // in slots
  Json json;
  json["seconds"] = seconds;
  json["ops"] = ops;
  json["ok"] = total[0];
  json["fail"] = total[1];
  json["info"] = total[2];
  json["rate"] = seconds > 0 ? static_cast<double>(ops) / seconds : 0.0;
  json["functions"] = functions();
  json["faults"] = Json::object();
  for (const auto& [kind, count] : faults_) json["faults"][kind] = count;
  json["leaders"] = leaders_.count();
  json["bin_seconds"] = to_seconds(bin * kSlot);
  json["bins"] = bins(bin);
  return json;
}

}  // namespace faultline::serve
