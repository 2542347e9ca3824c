// JournalFlusher: hands what a journal has gathered to the kernel once a second, however little it
// is: whoever reads along sees it, and a program that is killed loses no more. For runs in real
// time; in virtual time nobody reads along. On the run's event loop, one thread.
#pragma once

#include <memory>

#include "harness/core/clock.hpp"
#include "harness/store/journal.hpp"

namespace faultline {

class JournalFlusher {
 public:
  // Both must outlive it.
  JournalFlusher(Clock& clock, Journal& journal);

 private:
  void wait(std::weak_ptr<Journal*> journal);

  Clock& clock_;
  std::shared_ptr<Journal*> journal_;  // expires with this: a callback cannot be taken back
};

}  // namespace faultline
