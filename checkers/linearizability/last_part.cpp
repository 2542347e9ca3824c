#include "checkers/linearizability/last_part.hpp"

#include <algorithm>
#include <cassert>

#include "checkers/linearizability/refutation.hpp"

namespace faultline {
namespace {

// The op that returned first of those that are missing in a linearization (of positions) of what
// was invoked at or after `from`.
std::uint32_t first_missing(const ObjectHistory& object, std::uint32_t from,
                            std::vector<std::size_t> linearization) {
  std::sort(linearization.begin(), linearization.end());
  std::uint32_t first = 0;
  std::uint32_t returned = ObjectHistory::kNever;
  for (std::uint32_t op = 0; op < object.ops.size(); ++op) {
    const ObjectHistory::Op& missing = object.ops[op];
    if (missing.invoked < from || missing.returned >= returned) continue;
    if (std::binary_search(linearization.begin(), linearization.end(), missing.invoked)) continue;
    first = op;
    returned = missing.returned;
  }
  return first;
}

}  // namespace

// What was open when the part began, and the part up to `end`.
Partition LastPart::from_open_to(const Partition& key, std::size_t end) const {
  Partition part{key.key, {}};
  part.operations.reserve(open_.size() + end - begin_);
  for (const std::size_t i : open_) part.operations.push_back(key.operations[i]);
  const auto at = [&](std::size_t i) {
    return key.operations.begin() + static_cast<std::ptrdiff_t>(i);
  };
  part.operations.insert(part.operations.end(), at(begin_), at(end));
  return part;
}

void LastPart::advance(const ReadContext& with, const Partition& key, std::size_t judged,
                       std::size_t context) {
  assert(context > 0);  // so that something is left of what was judged
  if (!possible_ || judged < begin_ + 2 * context) return;
  const std::size_t end = judged - context;
  const auto before =
      read_object(with.history, from_open_to(key, end), with.model, with.initial, with.options);
  possible_ = before && before->has_rules();
  if (!possible_) return;
  for (const ObjectHistory::Op& op : before->ops) {
    const std::uint32_t made = before->rules[op.call].made();
    if (made != kNoValue) made_.insert(before->values[made]);
  }
  for (std::size_t i = begin_; i < end; ++i) open_.push_back(i);
  begin_ = end;
  const std::uint32_t from = key.operations[begin_].invocation;
  std::erase_if(open_, [&](std::size_t i) {
    const Operation& operation = key.operations[i];
    return operation.completion < from && with.history[operation.completion].type != OpType::info;
  });
}

Verdict LastPart::judge(const ReadContext& with, const Partition& key, const Limits& limits) const {
  const auto read = [&](const Partition& partition) {
    return read_object(with.history, partition, with.model, with.initial, with.options);
  };
  const bool is_part = begin_ > 0;
  auto object = is_part ? read(from_open_to(key, key.operations.size())) : read(key);
  if (is_part && object && !object->has_rules()) object = read(key);
  if (!object) return Verdict::unknown;
  if (!is_part || !object->has_rules()) return search(*object, with.model, limits).verdict;
  const View view{key.operations[begin_].invocation};
  const ObjectHistory part = relax(*object, with.model, view);
  Limits few = limits;
  few.steps = limits.steps / 4;
  const Decision decision = search(part, with.model, few);
  if (decision.verdict != Verdict::unknown) return decision.verdict;
  const std::uint32_t stuck = first_missing(*object, view.from, decision.linearization);
  if (is_refuted_around(stuck, *object, with.model, view, limits)) return Verdict::invalid;
  return search(part, with.model, limits).verdict;
}

ObjectHistory LastPart::relax(const ObjectHistory& object, const Model& model, View view) const {
  const Relaxation relaxation(object, model, view);
  ObjectHistory part = relaxation.keep(relaxation.most());
  // It knows of nothing before the part but what was open.
  std::vector<std::uint32_t>& starts = part.freedom->starts;
  constexpr std::uint32_t kFirstOfAny = 2;  // see Relaxation::free_values
  for (std::uint32_t value = kFirstOfAny; value < part.values.size(); ++value) {
    const bool is_new = std::find(starts.begin(), starts.end(), value) == starts.end();
    if (is_new && made_.contains(part.values[value])) starts.push_back(value);
  }
  return part;
}

// To tell that a part is not linearizable takes a search through all of it, unless a few ops around
// the place where it is stuck are enough.
bool LastPart::is_refuted_around(std::uint32_t op, const ObjectHistory& object, const Model& model,
                                 View whole, Limits limits) const {
  constexpr std::uint32_t kLastReach = 2048;
  constexpr std::uint64_t kSteps = 1 << 18;
  limits.steps = std::min(limits.steps, kSteps);
  for (std::uint32_t reach = kFirstReach; reach <= kLastReach; reach *= 4) {
    View view = view_around(object, op, reach);
    view.from = std::max(view.from, whole.from);
    if (search(relax(object, model, view), model, limits).verdict == Verdict::invalid) return true;
  }
  return false;
}

}  // namespace faultline
