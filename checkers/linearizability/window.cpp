#include "checkers/linearizability/window.hpp"

namespace faultline {

Window::Window(const Problem& problem)
    : problem_(problem),
      next_(problem.ops.size() + 1, problem.sentinel()),
      previous_(problem.ops.size() + 1, problem.sentinel()),
      invoked_(problem.crash_classes.size(), 0) {
  see_invocations();
}

void Window::advance() {
  unlink(returning());
  ++position_;
  see_invocations();
}

void Window::see_invocations() {
  const auto& events = problem_.events;
  for (; position_ < events.size() && !events[position_].is_return; ++position_) {
    const Problem::Op& op = problem_.ops[events[position_].op];
    if (!op.crashed) {
      link(events[position_].op, op.after);
    } else if (invoked_[op.slot]++ == 0) {
      crash_classes_.push_back(op.slot);
    }
  }
}

void Window::move_to(std::uint32_t position) {
  while (position_ < position) advance();
  while (position_ > position) {
    const Problem::Event event = problem_.events[--position_];
    const Problem::Op& op = problem_.ops[event.op];
    if (event.is_return) {
      link(event.op, problem_.sentinel());  // it was the head when it returned
    } else if (!op.crashed) {
      unlink(event.op);
    } else if (--invoked_[op.slot] == 0) {
      crash_classes_.pop_back();  // the class seen last is the one undone first
    }
  }
}

void Window::link(std::uint32_t op, std::uint32_t after) {
  next_[op] = next_[after];
  previous_[op] = after;
  previous_[next_[op]] = op;
  next_[after] = op;
}

void Window::unlink(std::uint32_t op) {
  next_[previous_[op]] = next_[op];
  previous_[next_[op]] = previous_[op];
}

}  // namespace faultline
