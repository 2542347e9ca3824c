#include "targets/etcd/etcd_client.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <vector>

#include "targets/etcd/etcd_answer.hpp"
#include "targets/etcd/etcd_request.hpp"
#include "targets/etcd/http_connection.hpp"

namespace faultline::etcd {
namespace {

const Symbol kUnsupported = Symbol::of("unsupported");

class EtcdClient : public Client {
 public:
  EtcdClient(Environment& environment, NodeId home, const ClientOptions& options)
      : environment_(environment), home_(home), options_(options) {
    LaunchingPower* launching = environment.powers().launching;
    assert(launching != nullptr);
    for (NodeId node = 0; node < environment.size(); ++node) {
      connections_.push_back(std::make_unique<HttpConnection>(*launching, node, options.port));
    }
  }

  Task<Op> invoke(Op op) override {
    const std::optional<HttpRequest> request = request_of(op, options_.serializable);
    if (!request) co_return completion(op, OpType::fail, kUnsupported);

    Clock& clock = environment_.clock();
    const Time deadline = clock.now() + options_.op_timeout;
    Op done = completion(op, OpType::fail, kTimeout);
    for (int asked = 0; clock.now() < deadline;) {
      HttpConnection& connection = *connections_[(home_ + asked) % connections_.size()];
      HttpTimeouts timeouts{options_.connect_timeout, deadline - clock.now()};
      if (op.f == f::kRead) timeouts.answer = std::min(timeouts.answer, options_.read_timeout);
      const HttpAnswer answer = co_await connection.ask(*request, timeouts);
      const Judgement judgement = judge(op, answer);
      done = judgement.completion;
      if (!judgement.ask_again) break;
      if (++asked % environment_.size() != 0) continue;
      const Time wake = clock.now() + options_.retry_interval;
      co_await sleep_until(clock, std::min(wake, deadline));
    }
    co_return done;
  }

 private:
  Environment& environment_;
  const NodeId home_;
  const ClientOptions options_;
  std::vector<std::unique_ptr<HttpConnection>> connections_;  // one a node, connected when used
};

}  // namespace

std::unique_ptr<Client> make_etcd_client(Environment& environment, NodeId home,
                                         const ClientOptions& options) {
  return std::make_unique<EtcdClient>(environment, home, options);
}

}  // namespace faultline::etcd
