// What is chosen in the slots of the log: nothing (a no-op), a client's command, or who belongs to
// the cluster from then on; and the configurations that the last of these bring about.
//
// A configuration chosen in slot s holds from slot s + alpha on (Lamport 2001, section 3; van
// Renesse and Altinbuken, Paxos Made Moderately Complex, 2015). No slot is proposed in before all
// slots up to alpha below it are decided, so that everybody who decides slot i agrees on whose
// quorums decide it: one configuration a slot, however great the change. Values; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/core/target.hpp"
#include "targets/kv/bytes.hpp"

namespace faultline::paxos {

using Slot = std::uint64_t;  // they count from 1

Bytes configuration_value(const Membership& membership);
bool is_configuration(std::string_view value);  // else a no-op (empty) or a kv::Command
Result<Membership> decode_configuration(std::string_view value);

bool is_voter(const Membership& membership, NodeId node);
bool is_member(const Membership& membership, NodeId node);  // as a voter or a learner
// What it is after `change`. Nothing: that changes nothing, or leaves no voter.
std::optional<Membership> changed(const Membership& membership, MembershipPower::Change change,
                                  NodeId node);

class Configurations {
 public:
  // At first all `size` nodes vote.
  explicit Configurations(int size);

  void add(Slot from, Membership membership) {
    by_slot_.insert_or_assign(from, std::move(membership));
  }
  const Membership& at(Slot slot) const { return std::prev(by_slot_.upper_bound(slot))->second; }
  const Membership& latest() const { return by_slot_.rbegin()->second; }
  Slot latest_from() const { return by_slot_.rbegin()->first; }

  void write(ByteWriter& out, Slot first) const;  // those that hold in `first` and later slots
  void read(ByteReader& in);                      // these instead; fails if they are none

 private:
  std::map<Slot, Membership> by_slot_;  // from which slot on; the first is there for all before
};

}  // namespace faultline::paxos
