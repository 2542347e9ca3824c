// DurableAcceptor: what a Paxos node must not forget: the acceptor's one promise and what it
// accepted in each slot, up to where it knows what is chosen, and a snapshot of what came of the
// first slots; in memory and as the records that a restart replays.
//
// A change is written at once and synced by sync(), which does nothing if nothing was written; a
// node calls it before it sends or answers anything. Owned by its node; one thread at a time.
//
// A slot that is chosen keeps the proposal as it was chosen, or as it was accepted later, in a
// higher ballot: so what is reported to a proposer never hides what a quorum accepted.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "harness/core/node.hpp"
#include "harness/core/result.hpp"
#include "targets/paxos/messages.hpp"

namespace faultline::paxos {

class DurableAcceptor {
 public:
  explicit DurableAcceptor(const Bugs& bugs = {}) : bugs_(bugs) {}

  // Restores what `records` say, in order. After an error the node must not take part.
  Result<void> replay(std::span<const Bytes> records);

  Ballot promised() const { return promised_; }
  Slot chosen() const { return chosen_; }  // what is chosen is known in all slots up to here
  Slot base() const { return base_; }      // what was accepted up to here is no longer kept
  Slot last() const { return accepted_.empty() ? base_ : accepted_.rbegin()->first; }
  const Proposal* accepted(Slot slot) const;  // null if nothing was
  std::vector<Promise::Report> accepted_from(Slot first) const;

  Slot snapshot_slot() const { return snapshot_slot_; }  // 0: there is none
  const Bytes& snapshot() const { return snapshot_; }

  // The acceptor's rules are those of the synod. False: refused.
  bool promise(Ballot ballot, Effects& out);
  bool accept(Ballot ballot, Slot first, std::span<const Bytes> values, Effects& out);

  // The slot after chosen() is chosen, as what was accepted there. Not written by itself: it is
  // with what is accepted next, and can be learnt again.
  void note_chosen();
  // It is chosen as this, others say.
  void learn(const Proposal& proposal, Effects& out);

  // `state` is the effect of all slots up to chosen(); what was accepted up to `base` is dropped.
  void compact(Slot base, Bytes state, Effects& out);
  // The state of another node, in place of slots that this one did not get to know.
  void install(Slot slot, Bytes state, Effects& out);

  void sync(Effects& out);

 private:
  Result<void> replay_one(std::string_view record);
  bool replay_slots(ByteReader& in);
  void rewrite(Effects& out);
  void put(Slot slot, const Proposal& proposal);

  Bugs bugs_;
  Ballot promised_;
  Slot chosen_ = 0;
  Slot base_ = 0;
  std::map<Slot, Proposal> accepted_;
  Slot snapshot_slot_ = 0;
  Bytes snapshot_;
  bool unsynced_ = false;
};

}  // namespace faultline::paxos
