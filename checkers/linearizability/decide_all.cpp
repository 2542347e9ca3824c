#include "checkers/linearizability/decide_all.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <new>
#include <stop_token>
#include <system_error>
#include <thread>

namespace faultline {
namespace {

using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kLook = 20ms;    // between two looks at the clock
constexpr auto kGrace = 500ms;  // for a search to end when it was asked to

std::atomic<bool> gave_up_threads = false;

// What the process holds in memory.
std::size_t resident_bytes() {
  std::size_t pages = 0;
  std::size_t resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  const bool read = std::fscanf(file, "%zu %zu", &pages, &resident) == 2;
  std::fclose(file);
  return read ? resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

// All that the threads use; it lives as long as the last of them.
struct Work {
  std::vector<std::shared_ptr<const ObjectHistory>> objects;
  Model model;
  Limits limits;                   // of all
  std::size_t memory_of_each = 0;  // thread
  SteadyClock::time_point start = SteadyClock::now();
  std::stop_source stop;
  std::atomic<std::size_t> next = 0;
  std::vector<std::atomic<std::size_t>> reached;  // ops, by object

  std::mutex mutex;  // of what follows
  std::condition_variable changed;
  std::vector<std::optional<Judged>> judged;
  std::size_t done = 0;

  Work(const std::vector<std::shared_ptr<const ObjectHistory>>& all, Model with,
       const Limits& within, std::size_t threads)
      : objects(all),
        model(std::move(with)),
        limits(within),
        memory_of_each(within.memory_bytes / threads),
        reached(all.size()),
        judged(all.size()) {}

  std::chrono::milliseconds time_left() const {
    const auto spent =
        std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
    return limits.time - std::min(spent, limits.time);
  }
};

Judged unknown(const ObjectHistory& object, std::string reason) {
  Judged judged;
  judged.decision.reason = std::move(reason);
  judged.decision.ops = object.ops.size();
  return judged;
}

// The verdict of an object; whatever happens while it is explained, it is kept.
Judged judge(Work& work, std::size_t index) {
  const ObjectHistory& object = *work.objects[index];
  Limits limits = work.limits;
  limits.time = work.time_left();
  limits.memory_bytes = work.memory_of_each;
  limits.stop = work.stop.get_token();
  limits.reached = &work.reached[index];
  if (limits.stop.stop_requested()) return unknown(object, "it was stopped before its turn");
  try {
    return {decide(object, work.model, limits), {}};
  } catch (const std::bad_alloc&) {
    return unknown(object, "there was no more memory");
  } catch (const std::exception& e) {
    return unknown(object, fmt::format("the model failed: {}", e.what()));
  }
}

std::optional<Core> core_of(Work& work, std::size_t index, const Decision& decision) {
  if (decision.verdict != Verdict::invalid) return std::nullopt;
  Limits limits = work.limits;
  limits.time = work.time_left();
  limits.memory_bytes = work.memory_of_each;
  limits.stop = work.stop.get_token();
  try {
    return find_core(*work.objects[index], work.model, decision, limits);
  } catch (const std::exception&) {  // no memory, or a model that fails: then there is none
    return std::nullopt;
  }
}

void take_turns(const std::shared_ptr<Work>& work) {
  while (true) {
    const std::size_t index = work->next++;
    if (index >= work->objects.size()) return;
    const Judged judged = judge(*work, index);
    work->reached[index] = work->objects[index]->ops.size();
    {
      const std::lock_guard lock(work->mutex);
      work->judged[index] = judged;
    }
    std::optional<Core> core = core_of(*work, index, judged.decision);
    const std::lock_guard lock(work->mutex);
    work->judged[index]->core = std::move(core);
    ++work->done;
    work->changed.notify_one();
  }
}

// Waits for the threads, and for no longer than it may. Returns why it asked them to stop, if it
// did.
class Waiter {
 public:
  Waiter(Work& work, const Watch& watch) : work_(work), watch_(watch) {
    for (const auto& object : work.objects) ops_ += object->ops.size();
  }

  std::string wait() {
    std::unique_lock lock(work_.mutex);
    while (work_.done < work_.objects.size()) {
      work_.changed.wait_for(lock, kLook);
      lock.unlock();
      look();
      lock.lock();
      if (asked_ && SteadyClock::now() - *asked_ > kGrace) break;
    }
    return reason_;
  }

 private:
  void look() {
    watch_.progress(done());
    if (asked_) return;
    if (watch_.should_stop() || work_.limits.stop.stop_requested()) {
      ask("it was stopped");
    } else if (SteadyClock::now() - work_.start > work_.limits.time + kGrace) {
      ask(fmt::format("{} ms were spent, the last of them in a step that does not end",
                      work_.limits.time.count()));
    } else if (resident_bytes() > before_ + work_.limits.memory_bytes + kSlack) {
      ask(fmt::format("{} MB of memory were spent", work_.limits.memory_bytes >> 20));
    }
  }

  void ask(std::string reason) {
    asked_ = SteadyClock::now();
    reason_ = std::move(reason);
    work_.stop.request_stop();
  }

  double done() const {
    std::size_t reached = 0;
    for (const auto& of_object : work_.reached) reached += of_object.load();
    return ops_ == 0 ? 1 : std::min(1.0, static_cast<double>(reached) / static_cast<double>(ops_));
  }

  static constexpr std::size_t kSlack = std::size_t{64} << 20;

  Work& work_;
  const Watch& watch_;
  const std::size_t before_ = resident_bytes();
  std::size_t ops_ = 0;
  std::optional<SteadyClock::time_point> asked_;
  std::string reason_;
};

}  // namespace

std::vector<Judged> decide_all(const std::vector<std::shared_ptr<const ObjectHistory>>& objects,
                               const Model& model, const Limits& limits, const Watch& watch) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t count = std::clamp<std::size_t>(objects.size(), 1, cores);
  const auto work = std::make_shared<Work>(objects, model, limits, count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    try {
      threads.emplace_back(take_turns, work);
    } catch (const std::system_error&) {  // no more threads; one will do
      if (threads.empty()) throw;
      break;
    }
  }
  const std::string reason = Waiter(*work, watch).wait();

  std::vector<Judged> all;
  std::unique_lock lock(work->mutex);
  const bool is_done = work->done == objects.size();
  for (std::size_t i = 0; i < objects.size(); ++i) {
    auto& judged = work->judged[i];
    all.push_back(judged ? std::move(*judged) : unknown(*objects[i], reason));
  }
  lock.unlock();
  for (std::thread& thread : threads) {
    if (is_done) {
      thread.join();
    } else {
      thread.detach();
    }
  }
  if (!is_done) gave_up_threads = true;
  return all;
}

bool has_given_up_threads() {
  return gave_up_threads;
}

}  // namespace faultline
