#include "harness/core/generator.hpp"

#include <algorithm>

namespace faultline {

Next fill_in(Op op, const Gen& self_if_pending, Gen rest, const Context& context) {
  if (op.process == kAnyProcess) {
    const auto thread = context.some_free_thread();
    if (!thread) return Next::wait(self_if_pending);
    op.process = context.process_of(*thread);
  } else if (!context.is_free(op.process)) {
    return Next::wait(self_if_pending);
  }
  op.time = std::max(op.time, context.time);
  op.type = OpType::invoke;
  return Next::emit(std::move(op), std::move(rest));
}

}  // namespace faultline
