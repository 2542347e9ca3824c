// all_of: tasks that are done at the same time and waited for together.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "harness/core/clock.hpp"

namespace faultline {
namespace detail {

template <class T>
struct Gathering {
  std::vector<T> results;
  std::size_t running = 0;
  std::exception_ptr failure;
};

// Owned by the tasks alone: so with the last of them the one who waits is gone, too, if the event
// loop ends in between.
struct Waiting {
  std::function<void()> resume;  // empty: nobody waits yet
};

template <class T>
Task<> gather(std::shared_ptr<Gathering<T>> gathering, std::shared_ptr<Waiting> waiting,
              std::size_t index, Task<T> task) {
  try {
    T result = co_await std::move(task);
    gathering->results[index] = std::move(result);
  } catch (...) {
    gathering->failure = std::current_exception();
  }
  if (--gathering->running > 0 || !waiting->resume) co_return;
  const auto resume = std::exchange(waiting->resume, nullptr);
  resume();
}

}  // namespace detail

// The results in the order of the tasks. Tasks that all end at once, without waiting for anything,
// cost the caller no turn of the event loop. What one of them throws is thrown once all have ended.
template <class T>
Task<std::vector<T>> all_of(std::vector<Task<T>> tasks) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto gathering = std::make_shared<detail::Gathering<T>>();
  gathering->results.resize(tasks.size());
  gathering->running = tasks.size();
  auto waiting = std::make_shared<detail::Waiting>();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    asio::co_spawn(executor, detail::gather(gathering, waiting, i, std::move(tasks[i])),
                   asio::detached);
  }
  const std::weak_ptr<detail::Waiting> theirs = std::exchange(waiting, nullptr);
  if (gathering->running > 0) {
    auto start = [theirs](std::function<void()> resume) {
      theirs.lock()->resume = std::move(resume);
    };
    co_await suspend<>(start);
  }
  if (gathering->failure) std::rethrow_exception(gathering->failure);
  co_return std::move(gathering->results);
}

}  // namespace faultline
