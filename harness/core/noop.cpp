#include "harness/core/noop.hpp"

#include <boost/asio/io_context.hpp>

#include "harness/core/real_clock.hpp"
#include "harness/core/run_loop.hpp"

namespace faultline {
namespace {

class NoopClient final : public Client {
 public:
  Task<Op> invoke(Op op) override { co_return completion(op, OpType::ok); }
};

class NoopNemesis final : public Nemesis {
 public:
  std::vector<Symbol> functions() const override { return {Symbol::of("noop")}; }
  std::optional<Op> propose(Rng&) const override { return std::nullopt; }
  Task<Op> invoke(Op op) override { co_return completion(op, OpType::info); }
  std::vector<Op> healing() const override { return {}; }
};

class NoopTarget final : public Target {
 public:
  Task<Result<void>> start(Environment&) override { co_return Result<void>(); }
  std::unique_ptr<Client> connect(Environment&, NodeId, Process) override { return noop_client(); }
  Task<std::optional<Leader>> leader(Environment&) override { co_return std::nullopt; }
};

class NoopChecker final : public Checker {
 public:
  std::string name() const override { return "noop"; }
  Report check(const History&, const Watch&) const override {
    Report report;
    report.checker = name();
    report.verdict = Verdict::valid;
    return report;
  }
};

class NoopWorkload final : public Workload {
 public:
  std::vector<Symbol> functions() const override { return {}; }
  Gen generator() const override { return nullptr; }
  Gen final_generator(const std::vector<Value>&) const override { return nullptr; }
  std::unique_ptr<Checker> checker() const override { return noop_checker(); }
};

class NoopEnvironment final : public Environment {
 public:
  explicit NoopEnvironment(int nodes) : nodes_(nodes), clock_(loop_) {}

  int size() const override { return nodes_; }
  Clock& clock() override { return clock_; }
  Powers powers() override { return {}; }
  std::vector<std::string> node_log(NodeId) override { return {}; }

  void run(Task<> main) override { run_loop(loop_, std::move(main)); }

 private:
  int nodes_;
  asio::io_context loop_;
  RealClock clock_;
};

}  // namespace

std::unique_ptr<Client> noop_client() {
  return std::make_unique<NoopClient>();
}
std::unique_ptr<Nemesis> noop_nemesis() {
  return std::make_unique<NoopNemesis>();
}
std::unique_ptr<Target> noop_target() {
  return std::make_unique<NoopTarget>();
}
std::unique_ptr<Checker> noop_checker() {
  return std::make_unique<NoopChecker>();
}
std::unique_ptr<Workload> noop_workload() {
  return std::make_unique<NoopWorkload>();
}
std::unique_ptr<Environment> noop_environment(int nodes) {
  return std::make_unique<NoopEnvironment>(nodes);
}

}  // namespace faultline
