#include "harness/cli/run_events.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "harness/cli/registry.hpp"
#include "harness/core/nemesis_op.hpp"
#include "harness/core/utf8.hpp"

namespace faultline::cli {
namespace {

const NemesisEntry* nemesis_that(std::string_view f, std::string_view NemesisEntry::*does) {
  const auto& all = nemeses();
  const auto found = std::find_if(all.begin(), all.end(), [&](const NemesisEntry& nemesis) {
    return !(nemesis.*does).empty() && nemesis.*does == f;
  });
  return found == all.end() ? nullptr : &*found;
}

// Texts as they are, without quotes: "halves n1>n2 n2>n1".
std::string text_of(const Value& value) {
  if (value.is_text()) return printable(value.text());
  if (!value.is_list()) return value.is_nothing() ? "" : value.to_string();
  std::string text;
  for (const Value& item : value.list()) text += (text.empty() ? "" : " ") + text_of(item);
  return text;
}

// Of "n1 n2", or of clocks "n1=2000 n2=500".
std::set<std::string> nodes_in(const Value& value) {
  std::set<std::string> nodes;
  std::istringstream words(value.is_text() ? value.text() : "");
  for (std::string word; words >> word;) nodes.insert(word.substr(0, word.find('=')));
  return nodes;
}

// Faults, each from the invocation that brought it, for it may have struck at once, to the
// completion that mended it.
class Bands {
 public:
  void add(const Op& invoked, const Op* completed) {
    const std::string& f = invoked.f.name();
    if (const NemesisEntry* cured = nemesis_that(f, &NemesisEntry::cure)) {
      if (completed != nullptr) mend(cured->name, nodes_in(completed->value), completed->time);
      return;
    }
    const Value& value = completed != nullptr ? completed->value : invoked.value;
    RunPage::Fault fault{invoked.time, kNever, printable(f), printable(f), text_of(value)};
    if (completed == nullptr) {
      fault.what += " (unknown: no completion)";
    } else if (!completed->error.empty()) {
      fault.what += " (" + printable(completed->error.name()) + ")";
    }
    const NemesisEntry* strikes = nemesis_that(f, &NemesisEntry::strike);
    if (strikes != nullptr) {
      std::set<std::string> nodes = nodes_in(value);
      // Another set of links, another fault of packets takes the place of the one before.
      if (nodes.empty() && completed != nullptr) mend(strikes->name, {}, completed->time);
      fault.name = strikes->name;
      open_[strikes->name].push_back({faults_.size(), std::move(nodes)});
    } else if (completed != nullptr) {
      fault.to = completed->time;  // over at once
    }
    faults_.push_back(std::move(fault));
  }

  std::vector<RunPage::Fault> take() { return std::move(faults_); }

 private:
  struct Open {
    std::size_t fault;
    std::set<std::string> nodes;  // still struck; none: it is not one of nodes
  };

  // `well`: the nodes that are; none: everything that the nemesis broke.
  void mend(std::string_view nemesis, const std::set<std::string>& well, Time now) {
    std::erase_if(open_[nemesis], [&](Open& open) {
      std::erase_if(open.nodes, [&](const std::string& node) { return well.contains(node); });
      if (!open.nodes.empty() && !well.empty()) return false;
      faults_[open.fault].to = now;
      return true;
    });
  }

  std::vector<RunPage::Fault> faults_;
  std::map<std::string_view, std::vector<Open>> open_;  // by nemesis
};

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
  Bands bands;
  for (const NemesisOp& op : nemesis_ops(history)) {
    const Op& invoked = history[op.invocation];
    const Op* completed = op.completion ? &history[*op.completion] : nullptr;
    if (is_mark(invoked.f) || invoked.f == kAwaitElection) continue;
    if (completed == nullptr || is_fault_or_cure(*completed)) bands.add(invoked, completed);
  }
  return bands.take();
}

std::vector<Cure> cures_of(const History& history) {
  std::vector<Cure> cures;
  for (const NemesisOp& of : nemesis_ops(history)) {
    if (!of.completion) continue;
    const Op& op = history[*of.completion];
    const bool is_cure =
        is_fault_or_cure(op) && nemesis_that(op.f.name(), &NemesisEntry::cure) != nullptr;
    if (is_cure || op.f == f::kHealed) cures.push_back({op.time, *of.completion, op.f.name()});
  }
  return cures;
}

std::vector<RunPage::Mark> marks_of(const History& history) {
  std::vector<RunPage::Mark> marks;
  for (const NemesisOp& of : nemesis_ops(history)) {
    if (!of.completion || !is_mark(history[*of.completion].f)) continue;
    const Op& op = history[*of.completion];
    std::string what =
        op.f == f::kLeader ? printable(LeaderMark::of(op.value).text()) : text_of(op.value);
    if (!op.error.empty()) what += (what.empty() ? "" : ": ") + printable(op.error.name());
    marks.push_back({op.time, op.f.name(), std::move(what)});
  }
  return marks;
}

// Nobody tells that there is no leader; but a node that was ended leads no more.
std::vector<RunPage::Leader> leaders_of(const History& history) {
  static const Symbol kKill = Symbol::of("kill");
  static const Symbol kRestart = Symbol::of("restart");
  std::vector<RunPage::Leader> leaders;
  for (const NemesisOp& of : nemesis_ops(history)) {
    if (!of.completion) continue;
    const Op& op = history[*of.completion];
    const bool ends = op.f == f::kDied || op.f == kKill || op.f == kRestart;
    const Value::List named = op.value.items();
    const auto ended = ends && !named.empty() ? nodes_in(named.front()) : std::set<std::string>();
    if (!leaders.empty() && (op.f == f::kLeader || ended.contains(leaders.back().node))) {
      leaders.back().until = std::min(leaders.back().until, op.time);
    }
    if (op.f != f::kLeader) continue;
    const LeaderMark leader = LeaderMark::of(op.value);
    leaders.push_back({op.time, kNever, printable(leader.node), leader.term});
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
