#include "harness/serve/live.hpp"

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "harness/core/nemesis_op.hpp"
#include "harness/serve/tally.hpp"

namespace faultline::serve {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 20U;  // at a look
constexpr std::size_t kLines = 20;
constexpr std::size_t kMostLine = 300;
constexpr std::size_t kMostLeaders = 50;

struct Fault {
  std::uint64_t strikes = 0;
  std::optional<bool> open;
  std::string what;  // the strike's value
  Time time = 0;
};

// As the journal has it, but that a text stands for itself.
std::string plain(const Value& value) {
  return value.is_text() ? value.text() : value.to_string();
}

class Look {
 public:
  explicit Look(const std::vector<FaultKind>& kinds) : kinds_(kinds) {}

  void see(const Event& event, std::string_view line) {
    time_ = event.time;
    lines_.emplace_back(line.substr(0, kMostLine));
    if (lines_.size() > kLines) lines_.pop_front();
    if (event.type == OpType::invoke) return;
    if (event.is_nemesis()) {
      see_nemesis(event);
    } else {
      ++by_second_[event.time / kSecond][static_cast<std::size_t>(outcome_of(event.type))];
    }
  }

  void put_into(Json& json) const {
    json["time"] = to_seconds(time_);
    json["seconds"] = Json::array();
    for (const auto& [second, n] : by_second_) {
      json["seconds"].push_back({second, n[0], n[1], n[2]});
    }
    json["faults"] = Json::array();
    for (const auto& [kind, fault] : faults_) {
      json["faults"].push_back({{"kind", kind},
                                {"strikes", fault.strikes},
                                {"open", fault.open.value_or(false)},
                                {"what", fault.what},
                                {"time", to_seconds(fault.time)}});
    }
    json["leaders"] = leaders_;
    json["elections"] = elections_;
    json["lines"] = lines_;
  }

 private:
  void see_nemesis(const Event& event) {
    const Op op = nemesis_op(event);
    if (op.f == f::kLeader) {
      ++elections_;
      leaders_.emplace_back(to_seconds(event.time), LeaderMark::of(event.value).text());
      if (leaders_.size() > kMostLeaders) leaders_.pop_front();
    }
    bool is_known = false;
    for (const FaultKind& kind : kinds_) {
      // A strike that failed broke nothing, unless nobody knows; a cure is the end of what can be
      // hoped for.
      const bool strikes = event.f == kind.strike && is_fault_or_cure(op);
      if (!strikes && (kind.cure.empty() || event.f != kind.cure)) continue;
      is_known = true;
      Fault& fault = faults_[kind.name];
      fault.open = strikes;
      fault.time = event.time;
      if (!strikes) continue;
      ++fault.strikes;
      fault.what = plain(event.value);
    }
    if (is_known || !is_fault_or_cure(op)) return;
    Fault& fault = faults_[event.f];  // over at once: a restart, a change of members
    ++fault.strikes;
    fault.open = false;
    fault.time = event.time;
    fault.what = plain(event.value);
  }

  const std::vector<FaultKind>& kinds_;
  Time time_ = 0;
  std::map<Time, std::array<std::uint64_t, 3>> by_second_;
  std::map<std::string, Fault> faults_;
  std::deque<std::pair<double, std::string>> leaders_;
  std::uint64_t elections_ = 0;
  std::deque<std::string> lines_;
};

}  // namespace

Json look_at(const OpenFile& history, std::uint64_t from, const std::vector<FaultKind>& kinds) {
  Look look(kinds);
  const Span span =
      each_event(history, from, kMostBytes,
                 [&](const Event& event, std::string_view line) { look.see(event, line); });
  Json json;
  json["next"] = span.next;
  json["more"] = span.next > from && history.size - from > kMostBytes;  // it ended at its limit
  json["size"] = history.size;
  json["events"] = span.events;
  json["damaged"] = span.damaged;
  look.put_into(json);
  return json;
}

}  // namespace faultline::serve
