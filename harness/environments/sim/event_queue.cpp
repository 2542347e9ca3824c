#include "harness/environments/sim/event_queue.hpp"

#include <algorithm>

namespace faultline::sim {

void EventQueue::call_at(Time when, std::function<void()> callback) {
  heap_.push_back({std::max(when, now_), next_sequence_++, std::move(callback)});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

bool EventQueue::run_next() {
  if (heap_.empty()) return false;
  std::pop_heap(heap_.begin(), heap_.end(), later);
  Event event = std::move(heap_.back());
  heap_.pop_back();
  now_ = event.when;
  event.callback();
  return true;
}

}  // namespace faultline::sim
