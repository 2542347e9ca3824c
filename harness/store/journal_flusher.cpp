#include "harness/store/journal_flusher.hpp"

#include <utility>

namespace faultline {

JournalFlusher::JournalFlusher(Clock& clock, Journal& journal)
    : clock_(clock), journal_(std::make_shared<Journal*>(&journal)) {
  wait(journal_);
}

void JournalFlusher::wait(std::weak_ptr<Journal*> journal) {
  clock_.call_at(clock_.now() + kSecond, [this, journal = std::move(journal)] {
    const auto alive = journal.lock();
    if (!alive) return;
    (void)(*alive)->flush();  // an error comes again with the next op, which can report it
    wait(alive);
  });
}

}  // namespace faultline
