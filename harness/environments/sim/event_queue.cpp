#include "harness/environments/sim/event_queue.hpp"

#include <algorithm>
#include <utility>

namespace faultline::sim {

void EventQueue::call_at(Time when, std::function<void()> callback) {
  std::size_t slot = callbacks_.size();
  if (free_slots_.empty()) {
    callbacks_.push_back(std::move(callback));
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
    callbacks_[slot] = std::move(callback);
  }
  heap_.push_back({std::max(when, now_), next_sequence_++, slot});
  std::push_heap(heap_.begin(), heap_.end(), Later());
}

bool EventQueue::run_next() {
  if (heap_.empty()) return false;
  std::pop_heap(heap_.begin(), heap_.end(), Later());
  const Event event = heap_.back();
  heap_.pop_back();
  now_ = event.when;
  const auto callback = std::exchange(callbacks_[event.slot], nullptr);
  free_slots_.push_back(event.slot);
  callback();
  return true;
}

void EventQueue::clear() {
  heap_.clear();
  free_slots_.clear();
  callbacks_.clear();
}

}  // namespace faultline::sim
