#include "targets/paxos/configuration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace faultline::paxos {
namespace {

constexpr std::uint8_t kMark = 0xcf;  // no kind of a kv::Command
constexpr std::uint64_t kMostNodes = 1'000'000;

bool has(const std::vector<NodeId>& nodes, NodeId node) {
  return std::ranges::find(nodes, node) != nodes.end();
}

void write_nodes(ByteWriter& out, const std::vector<NodeId>& nodes) {
  out.natural(nodes.size());
  for (const NodeId node : nodes) out.natural(static_cast<std::uint64_t>(node));
}

std::vector<NodeId> read_nodes(ByteReader& in) {
  std::vector<NodeId> nodes;
  const std::uint64_t count = in.natural();
  if (count > in.left()) in.fail();
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    const std::uint64_t node = in.natural();
    if (node > kMostNodes) in.fail();
    nodes.push_back(static_cast<NodeId>(node));
  }
  return nodes;
}

void write_membership(ByteWriter& out, const Membership& membership) {
  write_nodes(out, membership.voters);
  write_nodes(out, membership.learners);
}

Membership read_membership(ByteReader& in) {
  Membership membership;
  membership.voters = read_nodes(in);
  membership.learners = read_nodes(in);
  if (membership.voters.empty()) in.fail();
  return membership;
}

}  // namespace

Bytes configuration_value(const Membership& membership) {
  ByteWriter out;
  out.byte(kMark);
  write_membership(out, membership);
  return out.take();
}

bool is_configuration(std::string_view value) {
  return !value.empty() && static_cast<std::uint8_t>(value.front()) == kMark;
}

Result<Membership> decode_configuration(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != kMark) in.fail();
  Membership membership = read_membership(in);
  if (!in.complete()) {
    return Error{fmt::format("paxos configuration: {} bytes that are none", value.size())};
  }
  return membership;
}

bool is_voter(const Membership& membership, NodeId node) {
  return has(membership.voters, node);
}

bool is_member(const Membership& membership, NodeId node) {
  return has(membership.voters, node) || has(membership.learners, node);
}

std::optional<Membership> changed(const Membership& membership, MembershipPower::Change change,
                                  NodeId node) {
  using Change = MembershipPower::Change;
  Membership after = membership;
  std::erase(after.voters, node);
  std::erase(after.learners, node);
  if (change == Change::add_voter) after.voters.push_back(node);
  if (change == Change::add_learner) after.learners.push_back(node);
  std::ranges::sort(after.voters);
  std::ranges::sort(after.learners);
  const bool same = after.voters == membership.voters && after.learners == membership.learners;
  if (same || after.voters.empty()) return std::nullopt;
  return after;
}

Configurations::Configurations(int size) {
  Membership all;
  all.voters.resize(static_cast<std::size_t>(size));
  std::iota(all.voters.begin(), all.voters.end(), 0);
  by_slot_.emplace(0, std::move(all));
}

void Configurations::write(ByteWriter& out, Slot first) const {
  const auto begin = std::prev(by_slot_.upper_bound(first));
  out.natural(static_cast<std::uint64_t>(std::distance(begin, by_slot_.end())));
  for (auto it = begin; it != by_slot_.end(); ++it) {
    out.natural(it == begin ? 0 : it->first);
    write_membership(out, it->second);
  }
}

void Configurations::read(ByteReader& in) {
  std::map<Slot, Membership> read;
  const std::uint64_t count = in.natural();
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    const Slot from = in.natural();
    read.insert_or_assign(from, read_membership(in));
  }
  if (!read.contains(0)) in.fail();  // what held before the first must be there
  if (!in.failed()) by_slot_ = std::move(read);
}

}  // namespace faultline::paxos
