#include "checkers/linearizability/last_part.hpp"

#include <algorithm>
#include <cassert>

#include "checkers/linearizability/relaxation.hpp"

namespace faultline {

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

OpResult<ObjectHistory> LastPart::read(const ReadContext& with, const Partition& key) const {
  const auto read_up_to_end = [&](const Partition& partition) {
    return read_object(with.history, partition, with.model, with.initial, with.options);
  };
  if (begin_ == 0) return read_up_to_end(key);
  auto object = read_up_to_end(from_open_to(key, key.operations.size()));
  if (!object) return object;
  if (!object->has_rules()) return read_up_to_end(key);
  const Relaxation relaxation(*object, with.model, {key.operations[begin_].invocation});
  ObjectHistory part = relaxation.keep(relaxation.most());
  // It knows of nothing but what was open.
  std::vector<std::uint32_t>& starts = part.freedom->starts;
  constexpr std::uint32_t kFirstOfAny = 2;  // see Relaxation::free_values
  for (std::uint32_t value = kFirstOfAny; value < part.values.size(); ++value) {
    const bool is_new = std::find(starts.begin(), starts.end(), value) == starts.end();
    if (is_new && made_.contains(part.values[value])) starts.push_back(value);
  }
  return part;
}

}  // namespace faultline
