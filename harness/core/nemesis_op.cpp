#include "harness/core/nemesis_op.hpp"

#include <map>
#include <string_view>

namespace faultline {

bool is_mark(Symbol f) {
  return f == f::kLeader || f == f::kDied || f == f::kHealed || f == f::kFinished;
}

bool is_fault_or_cure(const Op& completion) {
  const std::string_view error = completion.error.name();
  return completion.is_nemesis() && completion.type != OpType::invoke && !is_mark(completion.f) &&
         completion.f != kAwaitElection && (error.empty() || error.starts_with("unknown"));
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
