#include "harness/environments/local/node_host.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "harness/core/real_clock.hpp"
#include "harness/environments/local/frame_stream.hpp"
#include "harness/environments/local/peer_link.hpp"
#include "harness/environments/local/write_ahead_log.hpp"

namespace faultline::local {
namespace {

using boost::system::error_code;

constexpr Duration kTick = 10 * kMillisecond;  // as in the simulator
constexpr std::chrono::milliseconds kAcceptPause{10};
constexpr std::size_t kMostInputs = 256;  // handled before their effects are let out
constexpr int kMostHandlers = 256;        // of the loop, before what they brought is handled
constexpr std::size_t kMostUnsynced = std::size_t{4} << 20;
// A RequestId is a connection and the number of a request on it.
constexpr int kNumberBits = 40;
constexpr std::uint64_t kMostNumber = (std::uint64_t{1} << kNumberBits) - 1;

// Counts the node's lives: a byte is added for each, so that no crash can spoil the count.
Result<std::uint64_t> begin_life(const std::string& directory) {
  const std::string path = directory + "/lives";
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || ::write(file.get(), ".", 1) != 1) {
    return Error{fmt::format("{}: cannot write it: {}", path, std::strerror(errno))};
  }
  return static_cast<std::uint64_t>(status.st_size);
}

// The node's log: lines with the time of day, written out together.
class LogLines {
 public:
  void add(std::string_view line) {
    using std::chrono::microseconds;
    using std::chrono::seconds;
    const auto now = std::chrono::system_clock::now();
    const auto whole = std::chrono::floor<seconds>(now);
    const auto rest = std::chrono::duration_cast<microseconds>(now - whole).count();
    fmt::format_to(std::back_inserter(text_), "{:%Y-%m-%dT%H:%M:%S}.{:06}Z {}\n",
                   fmt::gmtime(std::chrono::system_clock::to_time_t(whole)), rest, line);
  }
  void write_out() {
    for (std::string_view rest = text_; !rest.empty();) {
      const ssize_t size = ::write(STDERR_FILENO, rest.data(), rest.size());
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) break;  // nobody reads it: the node goes on
      rest.remove_prefix(static_cast<std::size_t>(size));
    }
    text_.clear();
  }

 private:
  std::string text_;
};

class NodeHost {
 public:
  NodeHost(NodeId id, std::vector<Tcp::endpoint> addresses, const Rng& rng)
      : id_(id), addresses_(std::move(addresses)), rng_(rng.split("ticks")) {}

  Result<void> listen();
  // Never returns but with an error.
  Result<void> run(WriteAheadLog log, std::unique_ptr<Node> program,
                   std::span<const Bytes> records);

  void note(std::string_view line) { lines_.add(line); }
  void write_out_log() { lines_.write_out(); }

 private:
  struct Input {
    enum class Kind { message, request, status, tick } kind;
    NodeId from = 0;
    RequestId request = 0;
    Bytes bytes;
  };
  // A connection that another made to us: of a peer, or of clients.
  struct Inbound {
    std::shared_ptr<FrameStream> stream;
    std::optional<NodeId> peer;  // once it sent a message
  };

  void accept();
  void accepted(Tcp::socket socket);
  void take(std::uint64_t connection, const Frame& frame);
  bool take_message(std::uint64_t connection, const Frame& frame);
  void drop_inbound(std::uint64_t connection);
  void schedule_tick();
  void wait_for_inputs();
  void handle_inputs();
  void handle(const Input& input);
  void stage_effects();
  void stage_reply(RequestId request, FrameKind kind, std::string_view bytes);
  Result<void> let_out();

  const NodeId id_;
  const std::vector<Tcp::endpoint> addresses_;
  Rng rng_;
  LogLines lines_;
  asio::io_context loop_{1};
  RealClock clock_{loop_};
  Tcp::acceptor acceptor_{loop_};
  asio::steady_timer accept_pause_{loop_};
  std::optional<WriteAheadLog> log_;
  std::unique_ptr<Node> program_;
  std::vector<std::unique_ptr<PeerLink>> peers_;  // by id; none for this node
  std::uint64_t next_connection_ = 1;
  std::map<std::uint64_t, Inbound> inbound_;
  std::vector<Input> inputs_;
  bool tick_waiting_ = false;
  Effects effects_;
  bool sync_asked_ = false;
  Result<void> rewritten_;
  std::vector<std::shared_ptr<FrameStream>> answered_;  // streams with replies to let out
};

Result<void> NodeHost::listen() {
  const Tcp::endpoint& own = addresses_[static_cast<std::size_t>(id_)];
  error_code error;
  acceptor_.open(Tcp::v4(), error);
  if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(own, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return {};
  return Error{fmt::format("{} cannot listen at {}:{}: {}", node_name(id_),
                           own.address().to_string(), own.port(), error.message())};
}

Result<void> NodeHost::run(WriteAheadLog log, std::unique_ptr<Node> program,
                           std::span<const Bytes> records) {
  log_.emplace(std::move(log));
  program_ = std::move(program);
  for (NodeId node = 0; node < static_cast<NodeId>(addresses_.size()); ++node) {
    const Tcp::endpoint& address = addresses_[static_cast<std::size_t>(node)];
    const auto say = [this](const std::string& line) { note(line); };
    peers_.push_back(node == id_ ? nullptr
                                 : std::make_unique<PeerLink>(loop_, id_, node, address, say));
  }
  program_->start(records, clock_.now(), effects_);
  stage_effects();
  Result<void> state = let_out();
  accept();
  schedule_tick();
  while (state) {
    wait_for_inputs();
    handle_inputs();
    state = let_out();
  }
  return state;
}

void NodeHost::accept() {
  acceptor_.async_accept([this](const error_code& error, Tcp::socket socket) {
    if (!error) {
      accepted(std::move(socket));
      return accept();
    }
    // Too many open files, most likely: there may be fewer soon.
    accept_pause_.expires_after(kAcceptPause);
    accept_pause_.async_wait([this](const error_code&) { accept(); });
  });
}

void NodeHost::accepted(Tcp::socket socket) {
  tune(socket);
  const std::uint64_t connection = next_connection_++;
  auto stream = std::make_shared<FrameStream>(std::move(socket));
  inbound_.emplace(connection, Inbound{stream, std::nullopt});
  stream->start([this, connection](const Frame& frame) { take(connection, frame); },
                [this, connection](const std::string&) { inbound_.erase(connection); });
}

void NodeHost::take(std::uint64_t connection, const Frame& frame) {
  const RequestId id = connection << kNumberBits | frame.number;
  bool sensible = frame.number <= kMostNumber;
  if (frame.kind == FrameKind::message) {
    sensible = take_message(connection, frame);
  } else if (sensible && frame.kind == FrameKind::request) {
    inputs_.push_back({Input::Kind::request, 0, id, Bytes(frame.bytes)});
  } else if (sensible && frame.kind == FrameKind::status_request) {
    inputs_.push_back({Input::Kind::status, 0, id, {}});
  } else {
    sensible = false;
  }
  if (!sensible) drop_inbound(connection);
}

bool NodeHost::take_message(std::uint64_t connection, const Frame& frame) {
  if (frame.number >= addresses_.size()) return false;
  const auto from = static_cast<NodeId>(frame.number);
  Inbound& inbound = inbound_.at(connection);
  if (!inbound.peer) {
    inbound.peer = from;
    // It has one connection to us. If there is an older one, we did not learn that it was lost.
    for (auto each = inbound_.begin(); each != inbound_.end() && each->first < connection;) {
      const auto older = each++;
      if (older->second.peer == from) drop_inbound(older->first);
    }
  }
  inputs_.push_back({Input::Kind::message, from, 0, Bytes(frame.bytes)});
  return true;
}

void NodeHost::drop_inbound(std::uint64_t connection) {
  const auto found = inbound_.find(connection);
  if (found == inbound_.end()) return;
  found->second.stream->close();
  inbound_.erase(found);
}

void NodeHost::schedule_tick() {
  // A little uneven, so that the nodes' timers do not run in step.
  const Time when = clock_.now() + kTick + rng_.between(0, kTick / 10);
  clock_.call_at(when, [this] {
    schedule_tick();
    if (std::exchange(tick_waiting_, true)) return;
    inputs_.push_back({Input::Kind::tick, 0, 0, {}});
  });
}

// Waits for one event of the loop, then takes those that are there already.
void NodeHost::wait_for_inputs() {
  loop_.run_one();
  for (int i = 0; i < kMostHandlers && inputs_.size() < kMostInputs; ++i) {
    if (loop_.poll_one() == 0) break;
  }
}

void NodeHost::handle_inputs() {
  for (const Input& input : inputs_) {
    handle(input);
    stage_effects();
  }
  inputs_.clear();
}

void NodeHost::handle(const Input& input) {
  const Time now = clock_.now();
  switch (input.kind) {
    case Input::Kind::message: program_->receive(input.from, input.bytes, now, effects_); break;
    case Input::Kind::request: program_->request(input.request, input.bytes, now, effects_); break;
    case Input::Kind::status:
      stage_reply(input.request, FrameKind::status, encode_status(program_->status()));
      break;
    case Input::Kind::tick:
      tick_waiting_ = false;
      program_->tick(now, effects_);
      break;
  }
}

// Queues what is to leave; let_out() lets it. Nothing returns to the loop in between.
void NodeHost::stage_effects() {
  for (const Effects::Effect& effect : effects_.list) {
    if (const auto* write = std::get_if<Effects::Write>(&effect)) {
      log_->append(write->record);
    } else if (const auto* send = std::get_if<Effects::Send>(&effect)) {
      assert(send->to != id_);
      peers_.at(static_cast<std::size_t>(send->to))->send(send->message);
    } else if (const auto* reply = std::get_if<Effects::Reply>(&effect)) {
      stage_reply(reply->request, FrameKind::reply, reply->answer);
    } else if (const auto* rewrite = std::get_if<Effects::Rewrite>(&effect)) {
      if (rewritten_) rewritten_ = log_->rewrite(rewrite->records);
    } else {
      sync_asked_ = true;
    }
  }
  for (const std::string& line : effects_.log) note(line);
  effects_.list.clear();
  effects_.log.clear();
}

void NodeHost::stage_reply(RequestId request, FrameKind kind, std::string_view bytes) {
  const auto found = inbound_.find(request >> kNumberBits);
  if (found == inbound_.end()) return;  // whoever asked is gone
  const std::shared_ptr<FrameStream>& stream = found->second.stream;
  if (!stream->queue({kind, request & kMostNumber, bytes})) return;
  if (answered_.empty() || answered_.back() != stream) answered_.push_back(stream);
}

Result<void> NodeHost::let_out() {
  if (!rewritten_) return rewritten_;
  if (sync_asked_ || log_->unsynced_bytes() > kMostUnsynced) {
    Result<void> synced = log_->sync();
    if (!synced) return synced;
    sync_asked_ = false;
  }
  for (const auto& peer : peers_) {
    if (peer != nullptr) peer->flush();
  }
  for (const auto& stream : answered_) stream->flush();
  answered_.clear();
  lines_.write_out();
  return {};
}

}  // namespace

Result<void> run_node(const NodeHostOptions& options, const NodeFactory& factory) {
  std::vector<Tcp::endpoint> addresses;
  for (const std::string& text : options.addresses) {
    const Result<Tcp::endpoint> address = parse_address(text);
    if (!address) return address.error();
    addresses.push_back(*address);
  }
  assert(options.id >= 0 && static_cast<std::size_t>(options.id) < addresses.size());

  const int size = static_cast<int>(addresses.size());
  WriteAheadLog::Recovered recovered;
  Result<WriteAheadLog> log = WriteAheadLog::open(options.directory, recovered);
  if (!log) return log.error();
  const Result<std::uint64_t> life = begin_life(options.directory);
  if (!life) return life.error();
  const Rng rng = Rng(options.seed).split(node_name(options.id)).split(*life);
  NodeHost host(options.id, std::move(addresses), rng);
  const Result<void> listening = host.listen();
  if (!listening) return listening.error();
  host.note(fmt::format("{} begins life {} at {}, with {} records", node_name(options.id),
                        *life + 1, options.addresses[static_cast<std::size_t>(options.id)],
                        recovered.records.size()));
  if (!recovered.note.empty()) host.note(recovered.note);
  std::unique_ptr<Node> program = factory(options.id, size, rng.split("program"));
  Result<void> ended = host.run(std::move(*log), std::move(program), recovered.records);
  host.write_out_log();
  return ended;
}

}  // namespace faultline::local
