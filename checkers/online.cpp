#include "checkers/online.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "checkers/linearizability/last_part.hpp"

namespace faultline {
namespace {

using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kPause = 50ms;  // between two rounds of the thread, at least

class Online final : public Monitor {
 public:
  Online(Model model, Value initial, ModelOptions options, std::size_t context)
      : model_(std::move(model)),
        initial_(std::move(initial)),
        options_(options),
        context_(context) {}

  ~Online() override {
    if (!thread_.joinable()) return;
    stop_.request_stop();
    wake_.notify_all();
    thread_.join();
  }

  void see(const Op& op) override {
    if (op.is_nemesis()) return;
    const std::lock_guard lock(mutex_);
    fresh_.push_back(op);
  }

  // Each key when it has doubled: all of them together cost no more than twice their last.
  void settle() override { judge_round(2.0); }

  void start() override {
    thread_ = std::thread([this] { judge_all_the_time(); });
  }

  bool violated() const override { return violated_; }

 private:
  struct Judged {
    std::size_t ops = 0;  // how many the key had when it was judged last
    LastPart part;
  };

  void judge_all_the_time() {
    while (!stop_.stop_requested()) {
      const auto begin = SteadyClock::now();
      judge_round(1.0);
      const auto spent = SteadyClock::now() - begin;
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, std::max<SteadyClock::duration>(kPause, spent),
                     [this] { return stop_.stop_requested(); });
    }
  }

  // Judges every key that has grown by `growth` since it was judged last.
  void judge_round(double growth) {
    take_fresh();
    for (const std::size_t key : std::exchange(touched_, {})) {
      if (violated_ || stop_.stop_requested()) return;
      const Partition& partition = splitter_.partitions()[key];
      if (judged_.size() <= key) judged_.resize(key + 1);
      Judged& judged = judged_[key];
      const auto ops = static_cast<double>(partition.operations.size());
      if (ops < growth * static_cast<double>(judged.ops)) {
        touched_.insert(key);
        continue;
      }
      const ReadContext with{history_, model_, initial_, options_};
      judged.part.advance(with, partition, judged.ops, context_);
      judged.ops = partition.operations.size();
      const Limits limits = limits_for(partition.operations.size() - judged.part.begin());
      const Verdict verdict = judged.part.judge(with, partition, limits);
      if (verdict == Verdict::invalid) violated_ = true;
    }
  }

  void take_fresh() {
    std::vector<Op> fresh;
    {
      const std::lock_guard lock(mutex_);
      fresh.swap(fresh_);
    }
    for (Op& op : fresh) {
      history_.push_back(std::move(op));
      const auto index = static_cast<std::uint32_t>(history_.size() - 1);
      if (broken_ || !splitter_.add(history_, index)) {
        broken_ = true;
        touched_.clear();
        return;
      }
      touched_.insert(splitter_.last());
    }
  }

  // The steps are limited, not the time: so that the answer is the same every time.
  Limits limits_for(std::size_t ops) const {
    constexpr std::uint64_t kLeastSteps = 20'000;
    constexpr std::uint64_t kStepsAnOp = 20;
    Limits limits;
    limits.time = 24h;
    limits.steps = kLeastSteps + kStepsAnOp * ops;
    limits.stop = stop_.get_token();
    return limits;
  }

  const Model model_;
  const Value initial_;
  const ModelOptions options_;
  const std::size_t context_;

  std::mutex mutex_;  // of fresh_
  std::vector<Op> fresh_;
  std::condition_variable wake_;
  std::stop_source stop_;
  std::atomic<bool> violated_ = false;

  // Of whoever judges.
  History history_;
  KeySplitter splitter_;
  bool broken_ = false;            // the history makes no sense; nothing more is judged
  std::vector<Judged> judged_;     // by key
  std::set<std::size_t> touched_;  // keys with ops that have not been judged
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Monitor> make_online(const Model& model, Value initial, ModelOptions options,
                                     std::size_t context) {
  return std::make_unique<Online>(model, std::move(initial), options, context);
}

}  // namespace faultline
