#include "harness/environments/sim/hosted_node.hpp"

#include <fmt/format.h>

namespace faultline::sim {
namespace {

constexpr Duration kTick = 10 * kMillisecond;
constexpr std::size_t kMaxQueued = 10'000;  // as a full socket buffer: what comes after is lost

}  // namespace

HostedNode::HostedNode(NodeId id, Clock& clock, Outlet& outlet, const Rng& rng)
    : id_(id), clock_(clock), outlet_(outlet), disk_(rng.split("disk")), rng_(rng.split("ticks")) {}

Time HostedNode::local_now() const {
  return local_at_change_ + (clock_.now() - rate_since_) * clock_rate_ / 1000;
}

void HostedNode::set_clock_rate(int permille) {
  if (permille == clock_rate_) return;
  note(fmt::format("its clock goes at {} permille", permille));
  local_at_change_ = local_now();
  rate_since_ = clock_.now();
  clock_rate_ = permille;
}

void HostedNode::note(std::string line) {
  log_.push_back(fmt::format("{:.6f} {}", to_seconds(clock_.now()), line));
}

void HostedNode::take_log() {
  for (auto& line : effects_.log) note(std::move(line));
  effects_.log.clear();
}

void HostedNode::trace(std::string_view state) {
  if (trace_ != nullptr) trace_->node_is(id_, state);
}

void HostedNode::trace_status() {
  if (trace_ != nullptr) trace_->status(id_, program_->status());
}

void HostedNode::start(std::unique_ptr<Node> program) {
  if (is_up()) return;
  program_ = std::move(program);
  paused_ = syncing_ = tick_waiting_ = false;
  ++life_;
  effects_ = {};
  next_effect_ = 0;
  trace("up");
  program_->start(disk_.records(), local_now(), effects_);
  take_log();
  trace_status();
  schedule_tick();
  advance();
}

void HostedNode::kill() {
  if (!is_up()) return;
  note("killed");
  trace("down");
  program_.reset();
  paused_ = syncing_ = false;
  ++life_;
  inputs_.clear();
  effects_ = {};
  disk_.crash();
}

bool HostedNode::pause() {
  if (!is_running()) return false;
  note("paused");
  trace("paused");
  paused_ = true;
  return true;
}

bool HostedNode::resume() {
  if (!is_up() || !paused_) return false;
  note("resumed");
  trace("resumed");
  paused_ = false;
  advance();
  return true;
}

void HostedNode::receive(NodeId from, Bytes message) {
  enqueue({Input::Kind::message, from, 0, std::move(message)});
}

void HostedNode::request(RequestId id, Bytes request) {
  enqueue({Input::Kind::request, -1, id, std::move(request)});
}

void HostedNode::schedule_tick() {
  // A little uneven, so that the nodes' timers do not run in step.
  const Time when = clock_.now() + kTick + rng_.between(0, kTick / 10);
  clock_.call_at(when, [this, life = life_] {
    if (life != life_) return;
    schedule_tick();
    if (paused_ || tick_waiting_) return;
    tick_waiting_ = true;
    enqueue({Input::Kind::tick, -1, 0, {}});
  });
}

void HostedNode::enqueue(Input input) {
  if (!is_up() || inputs_.size() >= kMaxQueued) return;
  inputs_.push_back(std::move(input));
  advance();
}

void HostedNode::advance() {
  while (is_running() && !syncing_) {
    if (!carry_out()) return;
    if (inputs_.empty()) return;
    const Input input = std::move(inputs_.front());
    inputs_.pop_front();
    handle(input);
  }
}

void HostedNode::handle(const Input& input) {
  effects_.list.clear();
  next_effect_ = 0;
  const Time now = local_now();
  switch (input.kind) {
    case Input::Kind::message: program_->receive(input.from, input.bytes, now, effects_); break;
    case Input::Kind::request: program_->request(input.request, input.bytes, now, effects_); break;
    case Input::Kind::tick:
      tick_waiting_ = false;
      program_->tick(now, effects_);
      break;
  }
  take_log();
  trace_status();
}

void HostedNode::wait_for_disk(std::function<void()> then) {
  syncing_ = true;
  clock_.call_at(clock_.now() + disk_.sync_latency(), [this, life = life_, then = std::move(then)] {
    if (life != life_) return;
    syncing_ = false;
    then();
    advance();
  });
}

bool HostedNode::carry_out() {
  while (next_effect_ < effects_.list.size()) {
    Effects::Effect& effect = effects_.list[next_effect_++];
    if (auto* write = std::get_if<Effects::Write>(&effect)) {
      disk_.write(std::move(write->record));
    } else if (auto* send = std::get_if<Effects::Send>(&effect)) {
      outlet_.send(id_, send->to, std::move(send->message));
    } else if (auto* reply = std::get_if<Effects::Reply>(&effect)) {
      outlet_.reply(id_, reply->request, std::move(reply->answer));
    } else if (auto* rewrite = std::get_if<Effects::Rewrite>(&effect)) {
      wait_for_disk([this, records = std::move(rewrite->records)]() mutable {
        disk_.rewrite(std::move(records));
      });
      return false;
    } else if (disk_.is_dirty()) {  // Sync
      wait_for_disk([this] { disk_.sync(); });
      return false;
    }
  }
  return true;
}

}  // namespace faultline::sim
