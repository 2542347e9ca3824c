#include "harness/core/run_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <exception>
#include <stdexcept>

namespace faultline {

void run_loop(asio::io_context& loop, Task<> main) {
  std::exception_ptr failure;
  bool ended = false;
  asio::co_spawn(loop, std::move(main), [&](std::exception_ptr thrown) {
    failure = std::move(thrown);
    ended = true;
    loop.stop();
  });
  loop.restart();
  try {
    loop.run();
  } catch (const asio::multiple_exceptions& all) {  // of handlers; the others follow from it
    std::rethrow_exception(all.first_exception());
  }
  if (failure) std::rethrow_exception(failure);
  if (!ended) throw std::logic_error("the run waits, but nothing is left that could wake it");
}

}  // namespace faultline
