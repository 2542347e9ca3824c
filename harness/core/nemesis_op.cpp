#include "harness/core/nemesis_op.hpp"

#include <map>
#include <string_view>
#include <utility>

namespace faultline {

bool is_mark(Symbol f) {
  return f == f::kLeader || f == f::kDied || f == f::kHealed || f == f::kFinished;
}

bool is_fault_or_cure(const Op& completion) {
  const std::string_view error = completion.error.name();
  return completion.is_nemesis() && completion.type != OpType::invoke && !is_mark(completion.f) &&
         completion.f != kAwaitElection && (error.empty() || error.starts_with("unknown"));
}

Value LeaderMark::value() const {
  if (!term) return node;
  return Value::List{node, static_cast<std::int64_t>(*term)};
}

LeaderMark LeaderMark::of(const Value& value) {
  if (value.is_text()) return {value.text(), std::nullopt};
  const bool has_term = value.is_list() && value.list().size() == 2 && value.list()[0].is_text() &&
                        value.list()[1].is_integer() && value.list()[1].integer() >= 0;
  if (!has_term) return {value.to_string(), std::nullopt};
  return {value.list()[0].text(), static_cast<std::uint64_t>(value.list()[1].integer())};
}

std::string LeaderMark::text() const {
  return term ? node + ", term " + std::to_string(*term) : node;
}

void LeaderCount::see(const Value& mark) {
  std::string leader = LeaderMark::of(mark).node;
  if (leader != last_) ++count_;
  last_ = std::move(leader);
}

std::vector<NemesisOp> nemesis_ops(const History& history) {
  std::vector<NemesisOp> ops;
  std::map<std::string_view, std::size_t> open;  // by function
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (!history[i].is_nemesis()) continue;
    const auto [at, begins] = open.emplace(history[i].f.name(), ops.size());
    if (begins) {
      ops.push_back({i, std::nullopt});
    } else {
      ops[at->second].completion = i;
      open.erase(at);
    }
  }
  return ops;
}

}  // namespace faultline
