// Window: which ops are open at a place in the history, as a search moves to and fro over it.
//
// A place is the position of a return event: everything before it has been seen. The open ops
// are a doubly linked list in the order of their returns, so that the head is the op that returns
// next; where an op belongs is known from compilation, so that both directions take constant time
// an event (Knuth's dancing links, 2000). One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/linearizability/problem.hpp"

namespace faultline {

class Window {
 public:
  explicit Window(const Problem& problem);  // `problem` must outlive it; at the first return

  std::uint32_t position() const { return position_; }
  bool at_end() const { return position_ == problem_.events.size(); }
  std::uint32_t returning() const { return problem_.events[position_].op; }

  void advance();                        // past the return, to the next one or the end
  void move_to(std::uint32_t position);  // a place where it was before

  // The open completed ops: for (op = first(); op != end(); op = next(op)).
  std::uint32_t first() const { return next_[problem_.sentinel()]; }
  std::uint32_t next(std::uint32_t op) const { return next_[op]; }
  std::uint32_t end() const { return problem_.sentinel(); }

  // Crashed ops invoked so far: the classes that have any, and how many of each.
  const std::vector<std::uint32_t>& crash_classes() const { return crash_classes_; }
  std::uint32_t invoked(std::uint32_t crash_class) const { return invoked_[crash_class]; }

 private:
  void see_invocations();
  void link(std::uint32_t op, std::uint32_t after);
  void unlink(std::uint32_t op);

  const Problem& problem_;
  std::uint32_t position_ = 0;
  std::vector<std::uint32_t> next_;
  std::vector<std::uint32_t> previous_;
  std::vector<std::uint32_t> crash_classes_;
  std::vector<std::uint32_t> invoked_;
};

}  // namespace faultline
