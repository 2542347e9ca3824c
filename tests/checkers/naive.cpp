#include "tests/checkers/naive.hpp"

#include <limits>

namespace faultline::naive {
namespace {

constexpr std::size_t kForever = std::numeric_limits<std::size_t>::max();

class Search {
 public:
  Search(const std::string& model, std::vector<Attempt> attempts)
      : model_(model), attempts_(std::move(attempts)), used_(attempts_.size(), false) {}

  // Visits the state after every order that contains all that returned before `deadline`, until
  // `visit` says that it has seen enough.
  template <class Visit>
  bool run(const State& state, std::size_t deadline, Visit visit) {
    if (complete(deadline) && visit(state)) return true;
    for (std::size_t i = 0; i < attempts_.size(); ++i) {
      if (used_[i] || !may_be_next(i)) continue;
      used_[i] = true;
      bool enough = false;
      for (const State& next : successors(model_, attempts_[i], state)) {
        enough = enough || run(next, deadline, visit);
      }
      used_[i] = false;
      if (enough) return true;
    }
    return false;
  }

 private:
  bool complete(std::size_t deadline) const {
    for (std::size_t i = 0; i < attempts_.size(); ++i) {
      if (!used_[i] && attempts_[i].returned < deadline) return false;
    }
    return true;
  }

  bool may_be_next(std::size_t candidate) const {
    for (std::size_t i = 0; i < attempts_.size(); ++i) {
      if (!used_[i] && attempts_[i].returned < attempts_[candidate].index) return false;
    }
    return true;
  }

  const std::string& model_;
  std::vector<Attempt> attempts_;
  std::vector<bool> used_;
};

}  // namespace

std::vector<Attempt> attempts(const History& history) {
  std::vector<Attempt> all;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].is_nemesis() || history[i].type != OpType::invoke) continue;
    Attempt attempt{i, &history[i], nullptr, kForever};
    for (std::size_t j = i + 1; j < history.size(); ++j) {
      if (history[j].process != history[i].process) continue;
      attempt.completion = &history[j];
      if (history[j].type != OpType::info) attempt.returned = j;
      break;
    }
    const bool failed = attempt.completion != nullptr && attempt.completion->type == OpType::fail;
    if (!failed || attempt.completion->error == kMismatch) all.push_back(attempt);
  }
  return all;
}

bool linearizable(const std::string& model, const History& history, std::size_t length) {
  std::vector<Attempt> invoked;
  for (const Attempt& attempt : attempts(history)) {
    if (attempt.index < length) invoked.push_back(attempt);
  }
  Search search(model, invoked);
  return search.run(initial_state(model), length, [](const State&) { return true; });
}

std::set<State> states_before(const std::string& model, const History& history,
                              std::size_t completion) {
  std::vector<Attempt> before;
  for (const Attempt& attempt : attempts(history)) {
    if (attempt.index < completion && attempt.returned != completion) before.push_back(attempt);
  }
  std::set<State> states;
  Search search(model, before);
  search.run(initial_state(model), completion, [&](const State& state) {
    states.insert(state);
    return false;
  });
  return states;
}

std::optional<std::string> fault_in(const std::string& model, const History& history,
                                    std::size_t length, const std::vector<std::size_t>& order) {
  std::map<std::size_t, Attempt> due;
  for (const Attempt& attempt : attempts(history)) due.emplace(attempt.index, attempt);
  std::set<State> states = {initial_state(model)};
  for (std::size_t index : order) {
    const auto it = due.find(index);
    if (it == due.end())
      return "op " + std::to_string(index) + " is there twice, or does not count";
    const Attempt attempt = it->second;
    due.erase(it);
    if (index >= length) return "op " + std::to_string(index) + " was not invoked yet";
    for (const auto& [other, late] : due) {
      if (late.returned < index) {
        return "op " + std::to_string(other) + " returned before " + std::to_string(index);
      }
    }
    std::set<State> after;
    for (const State& state : states) {
      for (const State& next : successors(model, attempt, state)) after.insert(next);
    }
    if (after.empty()) return "op " + std::to_string(index) + " is illegal";
    states = std::move(after);
  }
  for (const auto& [index, attempt] : due) {
    if (attempt.returned < length) return "op " + std::to_string(index) + " is missing";
  }
  return std::nullopt;
}

}  // namespace faultline::naive
