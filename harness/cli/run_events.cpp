#include "harness/cli/run_events.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>

#include "harness/cli/registry.hpp"
#include "harness/core/utf8.hpp"
#include "harness/run/election_wait.hpp"

namespace faultline::cli {
namespace {

const NemesisEntry* nemesis_that(std::string_view f, std::string_view NemesisEntry::*does) {
  const auto& all = nemeses();
  const auto found = std::find_if(all.begin(), all.end(), [&](const NemesisEntry& nemesis) {
    return !(nemesis.*does).empty() && nemesis.*does == f;
  });
  return found == all.end() ? nullptr : &*found;
}

// Done, that is.
bool is_fault_or_cure(const Op& op) {
  return op.is_nemesis() && op.type != OpType::invoke && op.error.empty() && op.f != f::kLeader &&
         op.f != f::kDied && op.f != f::kHealed && op.f != f::kFinished && op.f != kAwaitElection;
}

bool is_mark(const Op& op) {
  return op.is_nemesis() && op.type == OpType::info &&
         (op.f == f::kLeader || op.f == f::kDied || op.f == f::kHealed || op.f == f::kFinished);
}

// Texts as they are, without quotes: "halves n1>n2 n2>n1".
std::string text_of(const Value& value) {
  if (value.is_text()) return printable(value.text());
  if (!value.is_list()) return value.is_nothing() ? "" : value.to_string();
  std::string text;
  for (const Value& item : value.list()) text += (text.empty() ? "" : " ") + text_of(item);
  return text;
}

// A node's clock: it goes `permille` thousandths as fast as it should since `since`.
struct Going {
  std::vector<std::pair<Time, Duration>> points;
  int permille = 1000;

  void change(Time now, int to) {
    const auto [since, ahead] = points.empty() ? std::pair<Time, Duration>(0, 0) : points.back();
    if (points.empty()) points.emplace_back(0, 0);
    points.emplace_back(now, ahead + (now - since) / 1000 * (permille - 1000));
    permille = to;
  }
};

}  // namespace

std::vector<RunPage::Fault> faults_of(const History& history) {
  std::vector<RunPage::Fault> faults;
  std::map<std::string_view, std::size_t> open;  // by nemesis
  for (const Op& op : history) {
    if (!is_fault_or_cure(op)) continue;
    const std::string& f = op.f.name();
    const NemesisEntry* strikes = nemesis_that(f, &NemesisEntry::strike);
    const NemesisEntry* cures = nemesis_that(f, &NemesisEntry::cure);
    if (const NemesisEntry* nemesis = strikes != nullptr ? strikes : cures) {
      const auto before = open.find(nemesis->name);
      if (before != open.end()) {
        faults[before->second].to = op.time;
        open.erase(before);
      }
    }
    if (cures != nullptr) continue;
    if (strikes != nullptr) open[strikes->name] = faults.size();
    const std::string name(strikes != nullptr ? strikes->name : std::string_view(f));
    faults.push_back({op.time, strikes != nullptr ? kNever : op.time, printable(name), printable(f),
                      text_of(op.value)});
  }
  return faults;
}

std::vector<Cure> cures_of(const History& history) {
  std::vector<Cure> cures;
  for (const Op& op : history) {
    const bool is_cure =
        is_fault_or_cure(op) && nemesis_that(op.f.name(), &NemesisEntry::cure) != nullptr;
    if (is_cure || (is_mark(op) && op.f == f::kHealed)) cures.push_back({op.time, op.f.name()});
  }
  return cures;
}

std::vector<RunPage::Mark> marks_of(const History& history) {
  std::vector<RunPage::Mark> marks;
  for (const Op& op : history) {
    if (!is_mark(op)) continue;
    std::string what = text_of(op.value);
    if (!op.error.empty()) what += (what.empty() ? "" : ": ") + printable(op.error.name());
    marks.push_back({op.time, op.f.name(), std::move(what)});
  }
  return marks;
}

std::vector<RunPage::Leader> leaders_of(const History& history) {
  std::vector<RunPage::Leader> leaders;
  for (const Op& op : history) {
    if (is_mark(op) && op.f == f::kLeader) leaders.push_back({op.time, text_of(op.value), {}});
  }
  return leaders;
}

std::vector<RunPage::Clock> clocks_of(const History& history) {
  static const Symbol kSkew = Symbol::of("skew-clock");
  static const Symbol kRestore = Symbol::of("restore-clock");
  std::map<std::string, Going> clocks;
  for (const Op& op : history) {
    if (!is_fault_or_cure(op)) continue;
    if (op.f == kRestore) {
      for (auto& [node, clock] : clocks) clock.change(op.time, 1000);
    }
    if (op.f != kSkew || !op.value.is_text()) continue;
    std::istringstream words(op.value.text());
    for (std::string word; words >> word;) {
      const auto equals = std::min(word.find('='), word.size() - 1);
      int permille = 1000;
      const char* const end = word.data() + word.size();
      if (std::from_chars(word.data() + equals + 1, end, permille).ptr != end) continue;
      clocks[word.substr(0, equals)].change(op.time, permille);
    }
  }
  std::vector<RunPage::Clock> all;
  for (auto& [node, clock] : clocks) {
    clock.change(history.back().time, 1000);
    all.push_back({printable(node), std::move(clock.points)});
  }
  return all;
}

}  // namespace faultline::cli
