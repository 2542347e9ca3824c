#include "workloads/eventual.hpp"

namespace faultline {
namespace {

class EventualWorkload final : public Workload {
 public:
  EventualWorkload(const ReadWriteOptions& options, const EventualOptions& promise)
      : options_(options), promise_(promise) {}

  std::vector<Symbol> functions() const override { return {f::kRead, f::kWrite}; }
  Gen generator() const override { return reads_and_unique_writes(options_); }
  Gen final_generator(const std::vector<Value>& keys) const override {
    return read_all_by_all(keys, promise_.settle);
  }
  std::unique_ptr<Checker> checker() const override { return make_eventual(promise_); }

 private:
  const ReadWriteOptions options_;
  const EventualOptions promise_;
};

}  // namespace

std::unique_ptr<Workload> make_eventual_workload(const ReadWriteOptions& options,
                                                 const EventualOptions& promise) {
  return std::make_unique<EventualWorkload>(options, promise);
}

}  // namespace faultline
