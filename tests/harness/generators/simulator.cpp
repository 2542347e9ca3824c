#include "tests/harness/generators/simulator.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <stdexcept>

#include "harness/core/validating.hpp"

namespace faultline {
namespace {

class Simulator {
 public:
  Simulator(const Complete& complete, Simulation options)
      : complete_(complete),
        rng_(options.seed),
        processes_(first_processes(options.concurrency)),
        context_(processes_, rng_) {}

  History run(Gen gen) {
    constexpr int kMaxAsks = 1'000'000;
    gen = validating(std::move(gen));
    for (int asks = 0; asks < kMaxAsks; ++asks) {
      Next n = next(gen, context_);
      if (n.kind == Next::Kind::done) {
        gen = nullptr;
        while (!open_.empty()) complete_first(gen);
        return std::move(history_);
      }
      const Time first = open_.empty() ? kNever : open_.front().time;
      const Time due = n.kind == Next::Kind::op ? n.op.time : n.wake;
      if (n.kind == Next::Kind::pending) gen = std::move(n.rest);
      if (due == kNever && first == kNever) {
        throw std::logic_error("it waits, but nothing is open that could wake it");
      }
      if (first < due || (n.kind == Next::Kind::pending && first == due)) {
        complete_first(gen);
      } else if (n.kind == Next::Kind::pending || due > context_.time) {
        context_.time = due;  // and asks again
      } else {
        gen = invoke(n);
      }
    }
    throw std::logic_error("it does not end");
  }

 private:
  static std::vector<Process> first_processes(int concurrency) {
    std::vector<Process> processes(static_cast<std::size_t>(concurrency) + 1);
    std::iota(processes.begin(), processes.end(), 0);
    processes.back() = kNemesis;
    return processes;
  }

  Gen invoke(const Next& n) {
    context_.set_busy(context_.thread_of(n.op.process));
    history_.push_back(n.op);
    Gen rest = update(n.rest, context_, n.op);
    Op done = complete_(n.op);
    const auto later = [](const Op& a, const Op& b) { return a.time < b.time; };
    open_.insert(std::upper_bound(open_.begin(), open_.end(), done, later), done);
    return rest;
  }

  void complete_first(Gen& gen) {
    const Op op = open_.front();
    open_.erase(open_.begin());
    const int thread = context_.thread_of(op.process);
    context_.time = op.time;
    context_.set_free(thread);
    history_.push_back(op);
    gen = update(gen, context_, op);
    if (op.type == OpType::info && !op.is_nemesis()) {
      processes_[static_cast<std::size_t>(thread)] += context_.concurrency();
    }
  }

  const Complete& complete_;
  Rng rng_;
  std::vector<Process> processes_;
  Context context_;
  std::vector<Op> open_;  // completions to come, in order
  History history_;
};

Op after(Op invocation, Duration latency, OpType type) {
  invocation.type = type;
  invocation.time += latency;
  return invocation;
}

std::string part_of(const Op& op, char part) {
  switch (part) {
    case 't': return std::to_string(op.time);
    case 'p': return op.is_nemesis() ? "N" : std::to_string(op.process);
    case 'f': return op.f.name();
    case 'v': return op.value.to_string();
    case 'k': return op.key.to_string();
    case 'y': return to_string(op.type);
    default: throw std::invalid_argument("no such part of an op");
  }
}

}  // namespace

History simulate(Gen gen, const Complete& complete, Simulation options) {
  return Simulator(complete, options).run(std::move(gen));
}

History invocations(const History& history) {
  History result;
  for (const Op& op : history) {
    if (op.type == OpType::invoke) result.push_back(op);
  }
  return result;
}

History quick(Gen gen, Simulation options) {
  const auto complete = [](const Op& op) { return after(op, 0, OpType::ok); };
  return invocations(simulate(std::move(gen), complete, options));
}

History perfect(Gen gen, Simulation options) {
  const auto complete = [](const Op& op) { return after(op, kLatency, OpType::ok); };
  return invocations(simulate(std::move(gen), complete, options));
}

History perfect_info(Gen gen, Simulation options) {
  const auto complete = [](const Op& op) { return after(op, kLatency, OpType::info); };
  return invocations(simulate(std::move(gen), complete, options));
}

History imperfect(Gen gen, Simulation options) {
  std::map<int, int> count;  // per thread
  const auto complete = [&](const Op& op) {
    constexpr OpType kTypes[] = {OpType::fail, OpType::info, OpType::ok};
    const int thread = op.is_nemesis() ? -1 : op.process % options.concurrency;
    return after(op, kLatency, kTypes[count[thread]++ % 3]);
  };
  return simulate(std::move(gen), complete, options);
}

std::vector<std::string> lines(const History& history, const std::string& parts) {
  std::vector<std::string> result;
  for (const Op& op : history) {
    std::string line;
    for (const char part : parts) {
      if (!line.empty()) line += ' ';
      line += part_of(op, part);
    }
    result.push_back(std::move(line));
  }
  return result;
}

}  // namespace faultline
