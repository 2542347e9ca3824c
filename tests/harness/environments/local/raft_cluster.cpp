#include "tests/harness/environments/local/raft_cluster.hpp"

#include "targets/raft/raft_target.hpp"

namespace faultline::local {

RaftCluster::RaftCluster(int size, const std::string& directory, const raft::Config& config) {
  const std::vector<std::string> addresses = free_addresses(size);
  for (NodeId id = 0; id < size; ++id) {
    nodes_.emplace_back(NodeHostOptions{id, addresses, directory + "/" + node_name(id), 1},
                        raft::make_raft_nodes(config));
    nodes_.back().start();
    links_.push_back(loop_.connect(addresses[static_cast<std::size_t>(id)]));
  }
}

std::size_t RaftCluster::wait_for_leader() {
  for (;;) {
    std::optional<std::size_t> leader;
    std::uint64_t term = 0;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const auto status = loop_.status(*links_[i], 100 * kMillisecond);
      if (!status || !status->leader || status->term <= term) continue;
      leader = i;
      term = status->term;
    }
    if (leader) return *leader;
    loop_.run(sleep_until(loop_.clock(), loop_.clock().now() + 5 * kMillisecond));
  }
}

kv::Response RaftCluster::carry_out(kv::Command command) {
  for (;;) {
    const Answer answer = loop_.request(*links_[asked_], encode(command), 300 * kMillisecond);
    if (answer.kind == Answer::Kind::answered) {
      const auto response = kv::decode_response(answer.bytes);
      if (response && (response->kind == kv::Response::Kind::ok ||
                       response->kind == kv::Response::Kind::mismatch)) {
        return *response;
      }
    }
    asked_ = (asked_ + 1) % links_.size();
    loop_.run(sleep_until(loop_.clock(), loop_.clock().now() + 5 * kMillisecond));
  }
}

}  // namespace faultline::local
