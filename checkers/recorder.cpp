#include "checkers/recorder.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <tuple>

namespace faultline {
namespace detail {

OpLog::OpLog(std::shared_ptr<RecorderClock> clock)
    : clock_(std::move(clock)),
      process_(clock_->next_process.fetch_add(1, std::memory_order_relaxed)) {}

OpLog::Entry& OpLog::begin(std::string_view f, const Value& key, Value argument) {
  const std::size_t size = size_.load(std::memory_order_relaxed);
  if (size % kChunk == 0) {
    auto chunk = std::make_unique<Chunk>();
    last_ = chunk.get();
    const std::lock_guard lock(mutex_);
    chunks_.push_back(std::move(chunk));
  } else {
    assert((*last_)[size % kChunk - 1].end.load(std::memory_order_relaxed) != kOpen);
  }
  Entry& entry = (*last_)[size % kChunk];
  entry.process = process_;
  entry.f = symbol(f);
  entry.key = key;
  entry.argument = std::move(argument);
  entry.begin = clock_->ended.load(std::memory_order_acquire);
  size_.store(size + 1, std::memory_order_release);
  return entry;
}

void OpLog::complete(Entry& entry, std::uint64_t end, OpType type, Value result, Symbol error) {
  entry.type = type;
  entry.result = std::move(result);
  entry.error = error;
  entry.end.store(end, std::memory_order_release);
}

void OpLog::complete_with_exception(Entry& entry) {
  const std::uint64_t now = end();
  process_ = clock_->next_process.fetch_add(1, std::memory_order_relaxed);
  Symbol error = Symbol::of("exception");
  try {
    throw;
  } catch (const std::exception& exception) {
    error = Symbol::of(exception.what());
  } catch (...) {  // it has no words for it
  }
  complete(entry, now, OpType::info, entry.argument, error);
}

void OpLog::append_to(std::vector<Event>& events, std::uint64_t now) const {
  const std::lock_guard lock(mutex_);
  const std::size_t size = size_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < size; ++i) {
    const Entry& entry = (*chunks_[i / kChunk])[i % kChunk];
    if (entry.begin > now) break;  // what had ended by then has not seen it
    events.push_back({2 * entry.begin, &entry, false});
    const std::uint64_t end = entry.end.load(std::memory_order_acquire);
    if (end < now) events.push_back({2 * end + 1, &entry, true});
  }
}

Op OpLog::Event::op() const {
  Op op = invocation(entry->f, entry->argument, entry->key);
  op.process = entry->process;
  if (!is_completion) return op;
  op.type = entry->type;
  op.error = entry->error;
  op.value = entry->result;
  return op;
}

Symbol OpLog::symbol(std::string_view name) {
  for (const auto& [known, symbol] : functions_) {
    if (known == name) return symbol;
  }
  return functions_.emplace_back(name, Symbol::of(name)).second;
}

}  // namespace detail

Recorder::Recorder() : clock_(std::make_shared<detail::RecorderClock>()) {}

RecordingClient Recorder::client() {
  auto log = std::make_shared<detail::OpLog>(clock_);
  const std::lock_guard lock(mutex_);
  logs_.push_back(log);
  return RecordingClient(std::move(log));
}

History Recorder::history() const {
  // What had ended by now has observed no op that is not in the logs yet. What ends later is left
  // open: if it were taken for some clients alone, an op that another observed might be missing.
  const std::uint64_t now = clock_->ended.load(std::memory_order_acquire);
  std::vector<detail::OpLog::Event> events;
  const std::lock_guard lock(mutex_);
  for (const auto& log : logs_) log->append_to(events, now);
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) {
    return std::tie(a.place, a.entry->process) < std::tie(b.place, b.entry->process);
  });
  History history;
  history.reserve(events.size());
  for (const auto& event : events) history.push_back(event.op());
  return history;
}

}  // namespace faultline
