// Monitor: looks at a history while it is being recorded, to find out early that it cannot be valid
// any more. What it finds is only a reason to stop: the verdict is the checker's.
#pragma once

#include "harness/core/op.hpp"

namespace faultline {

class Monitor {
 public:
  virtual ~Monitor() = default;
  // Every event, in order. Cheap: it is kept for later. One thread.
  virtual void see(const Op& op) = 0;
  // Judges what was seen so far, on the calling thread: so that what a run in virtual time does
  // depends on its seed alone.
  virtual void settle() = 0;
  // From now on judges on a thread of its own, all the time, until the monitor is destroyed; not to
  // be used together with settle().
  virtual void start() = 0;
  // Whether a violation was found. Any thread.
  virtual bool violated() const = 0;
};

}  // namespace faultline
