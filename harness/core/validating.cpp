#include "harness/core/validating.hpp"

#include <fmt/format.h>

#include <algorithm>

// An op among the arguments of a message is put into words only if the message is needed.
template <>
struct fmt::formatter<faultline::Op> : fmt::formatter<std::string> {
  template <class Context>
  auto format(const faultline::Op& op, Context& context) const {
    return fmt::formatter<std::string>::format(faultline::to_string(op), context);
  }
};

namespace faultline {
namespace {

template <class... Args>
void require(bool holds, fmt::format_string<Args...> text, Args&&... args) {
  if (!holds) throw BrokenContract(fmt::format(text, std::forward<Args>(args)...));
}

class ValidatingGenerator final : public Generator {
 public:
  explicit ValidatingGenerator(Gen gen) : gen_(std::move(gen)) {}

  Next next(const Gen& self, const Context& context) const override {
    Next n = faultline::next(gen_, context);
    if (n.kind == Next::Kind::op) check(n.op, context);
    if (n.kind == Next::Kind::pending) {
      require(n.rest != nullptr, "the generator is pending, but has nothing left");
      require(n.wake > context.time, "the generator wants to be asked again at {} ns, but it is {}",
              n.wake, context.time);
    }
    n.rest = with(self, std::move(n.rest));
    return n;
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    return with(self, faultline::update(gen_, context, event));
  }

 private:
  static void check(const Op& op, const Context& context) {
    require(context.is_free(op.process), "the generator gave [{}] to process {}, which is not free",
            op, op.process);
    require(op.time >= context.time, "the generator gave [{}] for {} ns, but it is {} already", op,
            op.time, context.time);
    require(op.type == OpType::invoke, "the generator gave [{}]: its type must be invoke", op);
    require(!op.f.empty(), "the generator gave [{}], which has no f", op);
  }

  Gen with(const Gen& self, Gen gen) const {
    return gen == gen_ ? self : validating(std::move(gen));
  }

  Gen gen_;
};

class ValidatingClient final : public Client {
 public:
  explicit ValidatingClient(std::unique_ptr<Client> client) : client_(std::move(client)) {}

  Task<Op> invoke(Op op) override {
    Task<Op> task = client_->invoke(op);
    Op done = co_await std::move(task);
    const bool matches = done.process == op.process && done.f == op.f && done.key == op.key;
    require(matches && done.type != OpType::invoke,
            "the client completed [{}] with [{}]: expected the same process, f and key, and ok, "
            "fail or info",
            op, done);
    co_return done;
  }

 private:
  std::unique_ptr<Client> client_;
};

class ValidatingNemesis final : public Nemesis {
 public:
  explicit ValidatingNemesis(std::unique_ptr<Nemesis> nemesis) : nemesis_(std::move(nemesis)) {}

  std::vector<Symbol> functions() const override {
    std::vector<Symbol> functions = nemesis_->functions();
    require(!functions.empty(), "the nemesis has no functions");
    return functions;
  }

  std::optional<Op> propose(Rng& rng) const override {
    std::optional<Op> op = nemesis_->propose(rng);
    if (op) check(*op, "proposes");
    return op;
  }

  Task<Op> invoke(Op op) override {
    check(op, "is given");
    Task<Op> task = nemesis_->invoke(op);
    Op done = co_await std::move(task);
    const bool matches = done.f == op.f && done.process == kNemesis && done.type == OpType::info;
    require(matches, "the nemesis completed [{}] with [{}]: expected the same f, and info", op,
            done);
    co_return done;
  }

  std::vector<Op> healing() const override {
    std::vector<Op> ops = nemesis_->healing();
    for (const Op& op : ops) check(op, "would heal with");
    return ops;
  }

 private:
  void check(const Op& op, const char* verb) const {
    const std::vector<Symbol> known = functions();
    require(std::find(known.begin(), known.end(), op.f) != known.end(),
            "the nemesis {} [{}], which is none of its functions", verb, op);
    require(op.process == kNemesis || op.process == kAnyProcess,
            "the nemesis {} [{}], which is a client's op", verb, op);
  }

  std::unique_ptr<Nemesis> nemesis_;
};

class ValidatingTarget final : public Target {
 public:
  explicit ValidatingTarget(std::unique_ptr<Target> target) : target_(std::move(target)) {}

  Task<Result<void>> start(Environment& environment) override {
    require(!started_, "the target was started twice");
    started_ = true;
    Task<Result<void>> task = target_->start(environment);
    Result<void> result = co_await std::move(task);
    require(result || !result.error().message.empty(),
            "the target did not start, and says not why");
    co_return result;
  }

  std::unique_ptr<Client> connect(Environment& environment, NodeId node, Process process) override {
    require(started_, "process {} connects to a target that was not started", process);
    require(node >= 0 && node < environment.size(), "process {} connects to node {} of {}", process,
            node, environment.size());
    require(process >= 0, "process {} is not a client's, but connects", process);
    auto client = target_->connect(environment, node, process);
    require(client != nullptr, "the target has no client for process {}", process);
    return validating(std::move(client));
  }

  Task<std::optional<Leader>> leader(Environment& environment) override {
    Task<std::optional<Leader>> task = target_->leader(environment);
    const std::optional<Leader> leader = co_await std::move(task);
    require(!leader || (leader->node >= 0 && leader->node < environment.size()),
            "the leader is said to be node {} of {}", leader ? leader->node : -1,
            environment.size());
    co_return leader;
  }

  std::unique_ptr<MembershipPower> membership(Environment& environment) override {
    return target_->membership(environment);
  }

 private:
  std::unique_ptr<Target> target_;
  bool started_ = false;
};

class ValidatingEnvironment final : public Environment {
 public:
  explicit ValidatingEnvironment(std::unique_ptr<Environment> environment)
      : environment_(std::move(environment)) {}

  int size() const override {
    const int size = environment_->size();
    require(size > 0, "the environment has {} nodes", size);
    return size;
  }
  Clock& clock() override { return environment_->clock(); }
  Powers powers() override { return environment_->powers(); }

  Result<void> prepare(const std::string& directory) override {
    require(!prepared_, "the environment was prepared twice");
    prepared_ = true;
    return environment_->prepare(directory);
  }

  void run(Task<> main) override {
    struct Running {
      bool& flag;
      explicit Running(bool& f) : flag(f) { flag = true; }
      ~Running() { flag = false; }
    };
    require(!running_, "the environment is running already");
    const Running running(running_);
    environment_->run(std::move(main));
  }

  std::vector<std::string> node_log(NodeId node) override {
    require(node >= 0 && node < size(), "there is no node {} among {}", node, size());
    return environment_->node_log(node);
  }

 private:
  std::unique_ptr<Environment> environment_;
  bool prepared_ = false;
  bool running_ = false;
};

class ValidatingChecker final : public Checker {
 public:
  explicit ValidatingChecker(std::unique_ptr<Checker> checker) : checker_(std::move(checker)) {}

  std::string name() const override {
    std::string name = checker_->name();
    require(!name.empty(), "the checker has no name");
    return name;
  }

  Report check(const History& history, const Watch& watch) const override {
    Report report = checker_->check(history, watch);
    require_reasons(report);
    return report;
  }

 private:
  static void require_reasons(const Report& report) {
    require(!report.checker.empty(), "a report does not name its checker");
    require(report.verdict == Verdict::valid || !report.reason.empty(),
            "the checker {} says {}, but not why", report.checker, to_string(report.verdict));
    for (const Report& part : report.parts) require_reasons(part);
  }

  std::unique_ptr<Checker> checker_;
};

class ValidatingWorkload final : public Workload {
 public:
  explicit ValidatingWorkload(std::unique_ptr<Workload> workload)
      : workload_(std::move(workload)) {}

  std::vector<Symbol> functions() const override {
    std::vector<Symbol> functions = workload_->functions();
    require(!functions.empty(), "the workload has no functions");
    return functions;
  }
  Gen generator() const override {
    Gen gen = workload_->generator();
    require(gen != nullptr, "the workload has no generator");
    return validating(std::move(gen));
  }
  Gen final_generator(const std::vector<Value>& keys) const override {
    return validating(workload_->final_generator(keys));
  }
  std::unique_ptr<Checker> checker() const override {
    auto checker = workload_->checker();
    require(checker != nullptr, "the workload has no checker");
    return validating(std::move(checker));
  }
  std::unique_ptr<Monitor> monitor() const override { return workload_->monitor(); }

 private:
  std::unique_ptr<Workload> workload_;
};

}  // namespace

Gen validating(Gen gen) {
  return gen ? std::make_shared<ValidatingGenerator>(std::move(gen)) : nullptr;
}
std::unique_ptr<Client> validating(std::unique_ptr<Client> client) {
  return std::make_unique<ValidatingClient>(std::move(client));
}
std::unique_ptr<Nemesis> validating(std::unique_ptr<Nemesis> nemesis) {
  return std::make_unique<ValidatingNemesis>(std::move(nemesis));
}
std::unique_ptr<Target> validating(std::unique_ptr<Target> target) {
  return std::make_unique<ValidatingTarget>(std::move(target));
}
std::unique_ptr<Environment> validating(std::unique_ptr<Environment> environment) {
  return std::make_unique<ValidatingEnvironment>(std::move(environment));
}
std::unique_ptr<Checker> validating(std::unique_ptr<Checker> checker) {
  return std::make_unique<ValidatingChecker>(std::move(checker));
}
std::unique_ptr<Workload> validating(std::unique_ptr<Workload> workload) {
  return std::make_unique<ValidatingWorkload>(std::move(workload));
}

}  // namespace faultline
