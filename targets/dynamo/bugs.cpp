#include "targets/dynamo/bugs.hpp"

#include <algorithm>
#include <array>

namespace faultline::dynamo {
namespace {

constexpr std::array kBugs{
    BugOf<Bugs>{{"no-write-back", "a read answers before what it saw is stored by a write quorum",
                 "a read first makes sure that later quorums see what it returns",
                 "Attiya, Bar-Noy and Dolev 1995, section 3; why Cassandra's read repair is "
                 "blocking (CASSANDRA-14635)",
                 "partition or kill"},
                &Bugs::no_write_back},
    BugOf<Bugs>{{"ack-on-send", "a write is acknowledged once it was sent to its replicas",
                 "a write is acknowledged when W replicas say that they have it",
                 "DeCandia 2007, section 4.5; Cassandra's ConsistencyLevel ZERO, gone since 0.7",
                 "none; partition helps"},
                &Bugs::ack_on_send},
    BugOf<Bugs>{{"count-hints",
                 "with strict quorums, a hint left with another node counts as an acknowledgement",
                 "only the key's own replicas count towards a strict quorum",
                 "Cassandra's wiki, HintedHandoff: a hinted write does not count", "partition"},
                &Bugs::count_hints},
    BugOf<Bugs>{
        {"equal-stamps", "of two versions with the same time a replica keeps the one it has",
         "equal times are ordered by node, the same way everywhere",
         "Lamport 1978, Time, Clocks (ties are broken by an order of the processes); riak_kv pull "
         "request 100 (siblings with the same timestamp)",
         "none"},
        &Bugs::equal_stamps},
    BugOf<Bugs>{
        {"reuse-stamps", "a coordinator does not tell its own versions of the same time apart",
         "no two writes ever have the same version",
         "riak_kv issue 679 and pull request 1094 (causal histories used again)", "none"},
        &Bugs::reuse_stamps},
    BugOf<Bugs>{{"stale-handoff", "what is handed off replaces what the replica has, newer or not",
                 "a replica never goes back to an older version",
                 "DeCandia 2007, section 4.6; riak_kv issue 1754 (recent writes lost in handoff)",
                 "partition or pause"},
                &Bugs::stale_handoff},
    BugOf<Bugs>{{"forget-hints",
                 "a hint is acknowledged, but kept in memory only; switches on sloppy=on, w=1, "
                 "versions=vector",
                 "what is acknowledged survives a crash",
                 "DeCandia 2007, section 4.6; scylladb pull request 13501 (clear all hints on "
                 "node startup)",
                 "partition, kill"},
                &Bugs::forget_hints},
    BugOf<Bugs>{
        {"overwrite-siblings",
         "a replica replaces what it has by a concurrent version; switches on "
         "versions=vector",
         "versions neither of which has seen the other are both kept",
         "DeCandia 2007, section 4.4; riak_kv issue 1194 (last_write_wins loses updates)", "none"},
        &Bugs::overwrite_siblings},
};

struct Need {
  std::string_view bug;
  std::string_view setting;
};
constexpr std::array kNeeds{
    Need{"forget-hints", "sloppy=on"},
    Need{"forget-hints", "w=1"},
    Need{"forget-hints", "versions=vector"},
    Need{"overwrite-siblings", "versions=vector"},
};

}  // namespace

std::span<const BugOf<Bugs>> known_bugs() {
  return kBugs;
}

std::vector<std::string> settings_for(std::span<const std::string> bugs) {
  std::vector<std::string> settings;
  for (const Need& need : kNeeds) {
    if (std::ranges::find(bugs, need.bug) != bugs.end()) settings.emplace_back(need.setting);
  }
  return settings;
}

}  // namespace faultline::dynamo
