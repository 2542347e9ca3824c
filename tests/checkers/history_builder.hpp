// Small histories for tests, in the order in which the events are written down.
#pragma once

#include "harness/core/op.hpp"

namespace faultline {

class HistoryBuilder {
 public:
  HistoryBuilder& event(Process process, OpType type, const char* f, Value value = {},
                        Symbol error = {}) {
    Op op;
    op.process = process;
    op.type = type;
    op.f = Symbol::of(f);
    op.value = std::move(value);
    op.error = error;
    op.key = key_;
    op.time = time_;
    time_ += step_;
    history_.push_back(std::move(op));
    return *this;
  }
  HistoryBuilder& invoke(Process process, const char* f, Value value = {}) {
    return event(process, OpType::invoke, f, std::move(value));
  }
  HistoryBuilder& ok(Process process, const char* f, Value value = {}) {
    return event(process, OpType::ok, f, std::move(value));
  }
  HistoryBuilder& fail(Process process, const char* f, Value value = {}, Symbol error = {}) {
    return event(process, OpType::fail, f, std::move(value), error);
  }
  HistoryBuilder& info(Process process, const char* f, Value value = {}) {
    return info(process, f, std::move(value), process == kNemesis ? Symbol() : kTimeout);
  }
  HistoryBuilder& info(Process process, const char* f, Value value, Symbol error) {
    return event(process, OpType::info, f, std::move(value), error);
  }
  // Both events of an op that succeeded, next to each other.
  HistoryBuilder& done(Process process, const char* f, Value value = {}) {
    invoke(process, f, value);
    return ok(process, f, std::move(value));
  }
  HistoryBuilder& key(Value key) {  // of what follows
    key_ = std::move(key);
    return *this;
  }
  HistoryBuilder& at(Time time, Duration step = 0) {  // of what follows
    time_ = time;
    step_ = step;
    return *this;
  }

  operator const History&() const { return history_; }

 private:
  History history_;
  Value key_;
  Time time_ = 0;
  Duration step_ = 0;
};

}  // namespace faultline
