#include "harness/environments/sim/sim_environment.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <exception>
#include <stdexcept>
#include <system_error>

namespace faultline::sim {
namespace {

// As Linux's TCP: first after 200 ms, then twice as long each time. Three times, here.
constexpr Duration kFirstPatience = 200 * kMillisecond;
constexpr Duration kLastPatience = 4 * kFirstPatience;

}  // namespace

SimEnvironment::SimEnvironment(int nodes, const LinkBehaviour& behaviour, const Rng& rng,
                               bool trace)
    : io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE),
      rng_(rng),
      wants_trace_(trace),
      network_(nodes, behaviour, rng.split("network")) {
  Outlet& outlet = *this;
  for (NodeId id = 0; id < nodes; ++id) {
    const Rng node_rng = rng.split(node_name(id));
    nodes_.push_back(std::make_unique<HostedNode>(id, clock_, outlet, node_rng));
  }
  lives_.resize(nodes_.size(), 0);
}

// Coroutines still waiting live in the callbacks: end them while everything they use exists.
SimEnvironment::~SimEnvironment() {
  clock_.clear();
  waiting_.clear();
}

Result<void> SimEnvironment::prepare(const std::string& directory) {
  if (!wants_trace_) return {};
  auto trace = Trace::create(directory + "/" + kTraceFile, clock_, size());
  if (!trace) return trace.error();
  trace_ = std::move(*trace);
  for (const auto& node : nodes_) node->trace_to(trace_.get());
  return {};
}

void SimEnvironment::run(Task<> main) {
  io_.restart();  // an earlier run() has left it stopped
  const auto work = asio::make_work_guard(io_);
  bool done = false;
  std::exception_ptr failure;
  asio::co_spawn(io_, std::move(main), [&](std::exception_ptr e) {
    done = true;
    failure = std::move(e);
  });
  io_.poll();
  while (!done) {
    if (!clock_.run_next()) throw std::logic_error("the simulation waits for nothing: deadlock");
    io_.poll();
  }
  if (failure) std::rethrow_exception(failure);
  if (!trace_) return;
  const Result<void> traced = trace_->finish();
  if (!traced) {
    throw std::system_error(std::make_error_code(std::errc::io_error), traced.error().message);
  }
}

std::vector<std::string> SimEnvironment::node_log(NodeId node) {
  return at(node).log();
}

Result<void> SimEnvironment::install(HostedProgram program) {
  factory_ = std::move(program.factory);
  for (NodeId id = 0; id < size(); ++id) start(id);
  return {};
}

bool SimEnvironment::start(NodeId node) {
  if (at(node).is_up()) return false;
  const auto life = static_cast<std::uint64_t>(lives_[static_cast<std::size_t>(node)]++);
  const Rng program_rng = rng_.split("program").split(static_cast<std::uint64_t>(node)).split(life);
  at(node).start(factory_(node, size(), program_rng));
  return true;
}

bool SimEnvironment::kill(NodeId node) {
  if (!at(node).is_up()) return false;
  at(node).kill();
  // Its connections are reset: whoever waits for an answer learns that none will come.
  for (const auto& [id, waiting] : waiting_) {
    if (waiting.node != node) continue;
    carry(node, kClients, 0, "reset", id, [this, id = id] {
      answer(id, {Answer::Kind::timeout, {}});
    });
  }
  return true;
}

Task<std::optional<NodeStatus>> SimEnvironment::status(NodeId node) {
  if (!at(node).is_running()) co_return std::nullopt;
  co_return at(node).program()->status();
}

Trace::MessageId SimEnvironment::trace_sent(NodeId from, NodeId to, const Bytes& message) {
  return trace_ ? trace_->sent(from, to, at(from).program()->describe(message)) : 0;
}

void SimEnvironment::trace_lost(Trace::MessageId message, std::string_view why) {
  if (trace_) trace_->lost(message, why);
}

void SimEnvironment::trace_arrived(Trace::MessageId message) {
  if (trace_) trace_->arrived(message);
}

void SimEnvironment::send(NodeId from, NodeId to, Bytes message) {
  const Trace::MessageId traced = trace_sent(from, to, message);
  const Network::Delays delays = network_.delays(from, to, clock_.now(), message.size());
  if (delays.empty()) trace_lost(traced, "lost on its way");
  for (std::size_t i = 0; i < delays.size(); ++i) {
    Bytes copy = i + 1 < delays.size() ? message : std::move(message);
    clock_.call_at(clock_.now() + delays[i],
                   [this, from, to, traced, copy = std::move(copy)]() mutable {
                     deliver(from, to, std::move(copy), traced);
                   });
  }
}

void SimEnvironment::deliver(NodeId from, NodeId to, Bytes message, Trace::MessageId traced) {
  if (network_.is_cut(from, to)) return trace_lost(traced, "the link is cut");
  if (!at(to).is_up()) return trace_lost(traced, "the node is down");
  trace_arrived(traced);
  at(to).receive(from, std::move(message));
}

void SimEnvironment::carry(NodeId from, NodeId to, std::size_t bytes, std::string_view what,
                           RequestId request, std::function<void()> arrive) {
  const Trace::MessageId traced =
      trace_ ? trace_->sent(from, to, fmt::format("{} {}", what, request)) : 0;
  transmit({from, to, bytes, std::move(arrive), traced, kFirstPatience});
}

void SimEnvironment::transmit(Crossing crossing) {
  const Time now = clock_.now();
  const auto delay = network_.client_delay(crossing.from, crossing.to, now, crossing.bytes);
  if (!delay) return transmit_again(std::move(crossing));
  clock_.call_at(now + *delay, [this, crossing = std::move(crossing)]() mutable {
    if (network_.is_cut(crossing.from, crossing.to)) return transmit_again(std::move(crossing));
    trace_arrived(crossing.traced);
    crossing.arrive();
  });
}

void SimEnvironment::transmit_again(Crossing crossing) {
  if (crossing.patience > kLastPatience) return trace_lost(crossing.traced, "given up");
  const Time when = clock_.now() + crossing.patience;
  crossing.patience *= 2;
  clock_.call_at(
      when, [this, crossing = std::move(crossing)]() mutable { transmit(std::move(crossing)); });
}

Task<Answer> SimEnvironment::request(NodeId node, Bytes request, Duration timeout) {
  auto start = [this, node, bytes = std::move(request),
                timeout](std::function<void(Answer)> resume) mutable {
    const RequestId id = next_request_++;
    waiting_.emplace(id, Waiting{node, std::move(resume)});
    const std::size_t size = bytes.size();
    carry(kClients, node, size, "request", id,
          [this, id, node, bytes = std::move(bytes)]() mutable {
            if (at(node).is_up()) return at(node).request(id, std::move(bytes));
            carry(node, kClients, 0, "refusal", id, [this, id] {
              answer(id, {Answer::Kind::refused, {}});
            });
          });
    clock_.call_at(clock_.now() + timeout, [this, id] { answer(id, {Answer::Kind::timeout, {}}); });
  };
  Answer result = co_await suspend<Answer>(std::move(start));
  co_return result;
}

void SimEnvironment::reply(NodeId from, RequestId request, Bytes bytes) {
  const std::size_t size = bytes.size();
  carry(from, kClients, size, "answer", request,
        [this, request, bytes = std::move(bytes)]() mutable {
          answer(request, {Answer::Kind::answered, std::move(bytes)});
        });
}

void SimEnvironment::answer(RequestId request, Answer answer) {
  const auto found = waiting_.find(request);
  if (found == waiting_.end()) return;  // answered before, or timed out
  const auto resume = std::move(found->second.resume);
  waiting_.erase(found);
  resume(std::move(answer));
}

}  // namespace faultline::sim
