#include "tests/checkers/naive_promises.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace faultline {
namespace {

struct Span {
  Op op;  // of a read its completion
  std::size_t from = 0;
  std::size_t to = SIZE_MAX;  // SIZE_MAX: never known to have ended
};

bool before(const Span& a, const Span& b) {
  return a.to < b.from;
}

// The writes that may have happened, or the reads that succeeded.
std::vector<Span> spans(const History& history, Symbol f) {
  std::vector<Span> all;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].type != OpType::invoke || history[i].f != f || history[i].is_nemesis()) continue;
    Span span{history[i], i};
    bool counts = f == f::kWrite;
    for (std::size_t j = i + 1; j < history.size(); ++j) {
      if (history[j].process != history[i].process) continue;
      if (history[j].type == OpType::fail) counts = false;
      if (history[j].type == OpType::ok) {
        span.to = j;
        span.op = history[j];
        counts = true;
      }
      break;
    }
    if (counts) all.push_back(span);
  }
  return all;
}

// Whether `order`, or a continuation of it by `rest`, is legal for the read.
bool some_order(std::vector<Span>& order, std::vector<Span>& rest) {
  if (rest.empty()) {
    Value last;
    for (const Span& span : order) {
      if (span.op.f == f::kRead) return span.op.value == last;
      last = span.op.value;
    }
    return true;
  }
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const Span next = rest[i];
    const auto must_wait = [&](const Span& other) { return before(other, next); };
    if (std::any_of(rest.begin(), rest.end(), must_wait)) continue;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    order.push_back(next);
    const bool found = some_order(order, rest);
    order.pop_back();
    rest.insert(rest.begin() + static_cast<std::ptrdiff_t>(i), next);
    if (found) return true;
  }
  return false;
}

bool legal_for_some_choice(const std::vector<Span>& writes, std::size_t at,
                           std::vector<Span> chosen) {
  if (at == writes.size()) {
    std::vector<Span> order;
    return some_order(order, chosen);
  }
  if (writes[at].to == SIZE_MAX && legal_for_some_choice(writes, at + 1, chosen)) return true;
  chosen.push_back(writes[at]);
  return legal_for_some_choice(writes, at + 1, std::move(chosen));
}

// What the process has seen at that position, from the definition: what it wrote itself, and what
// its reads returned with all that the writers of that had seen.
std::set<std::int64_t> seen(const History& history, Process process, std::size_t position) {
  std::set<std::int64_t> values;
  for (const Span& write : spans(history, f::kWrite)) {
    if (write.op.process == process && write.from < position) {
      values.insert(write.op.value.integer());
    }
  }
  for (const Span& read : spans(history, f::kRead)) {
    if (read.op.process != process || read.to >= position) continue;
    for (const Value& value : read.op.value.items()) {
      for (const Span& write : spans(history, f::kWrite)) {
        if (write.op.value != value) continue;
        values.insert(value.integer());
        values.merge(seen(history, write.op.process, write.from));
      }
    }
  }
  return values;
}

}  // namespace

bool naively_regular(const History& history) {
  const std::vector<Span> reads = spans(history, f::kRead);
  const std::vector<Span> writes = spans(history, f::kWrite);
  return std::all_of(reads.begin(), reads.end(),
                     [&](const Span& read) { return legal_for_some_choice(writes, 0, {read}); });
}

bool naively_lost(const History& history, const Value& last) {
  std::set<std::int64_t> kept;
  for (const Value& value : last.items()) {
    for (const Span& write : spans(history, f::kWrite)) {
      if (write.op.value != value) continue;
      kept.insert(value.integer());
      kept.merge(seen(history, write.op.process, write.from));
    }
  }
  const std::vector<Span> writes = spans(history, f::kWrite);
  return std::any_of(writes.begin(), writes.end(), [&](const Span& write) {
    return write.to != SIZE_MAX && !kept.contains(write.op.value.integer());
  });
}

History random_reads_and_writes(int ops, bool siblings, Rng& rng) {
  constexpr std::size_t kThreads = 3;
  History history;
  std::map<std::size_t, Op> open;
  std::vector<Process> processes{0, 1, 2};
  std::vector<std::int64_t> written;  // those that did not fail
  const auto draw = [&]() -> Value {
    if (written.empty() || rng.chance(1, 10)) return {};
    return written[written.size() - 1 - rng.below(std::min<std::size_t>(written.size(), 3))];
  };
  const auto add = [&](Op op) {
    op.time = static_cast<Time>(history.size());
    history.push_back(std::move(op));
  };
  std::int64_t next = 0;
  for (int left = ops; left > 0 || !open.empty();) {
    const std::size_t thread = rng.below(kThreads);
    const auto found = open.find(thread);
    if (found == open.end()) {
      if (left-- <= 0) continue;
      const bool writes = rng.chance(1, 2);
      Op op = invocation(writes ? f::kWrite : f::kRead, writes ? Value(next) : Value());
      op.process = processes[thread];
      open.emplace(thread, op);
      if (writes) written.push_back(next++);
      add(op);
      continue;
    }
    const std::uint64_t dice = rng.below(10);
    const OpType type = dice == 0 ? OpType::info : dice == 1 ? OpType::fail : OpType::ok;
    Op done = completion(found->second, type);
    if (done.f == f::kRead && type == OpType::ok) {
      done.value = draw();
      const Value other = draw();
      if (siblings && rng.chance(1, 3) && !done.value.is_nothing() && !other.is_nothing() &&
          done.value < other) {
        done.value = Value(done.value.integer(), other.integer());
      }
    }
    if (type == OpType::fail && done.f == f::kWrite) {
      // One that was read did not fail.
      const bool was_read = std::any_of(history.begin(), history.end(), [&](const Op& op) {
        const Value::List values = op.value.items();
        return op.f == f::kRead &&
               std::find(values.begin(), values.end(), done.value) != values.end();
      });
      if (was_read) {
        done.type = OpType::ok;
      } else {
        std::erase(written, done.value.integer());
      }
    }
    if (type == OpType::info) processes[thread] += static_cast<Process>(kThreads);
    open.erase(found);
    add(done);
  }
  return history;
}

}  // namespace faultline
