#include "workloads/regular.hpp"

#include "checkers/regular.hpp"

namespace faultline {
namespace {

class RegularRegister final : public Workload {
 public:
  explicit RegularRegister(const ReadWriteOptions& options) : options_(options) {}

  std::vector<Symbol> functions() const override { return {f::kRead, f::kWrite}; }
  Gen generator() const override { return reads_and_unique_writes(options_); }
  Gen final_generator(const std::vector<Value>& keys) const override { return read_all_once(keys); }
  std::unique_ptr<Checker> checker() const override { return make_regular(); }

 private:
  const ReadWriteOptions options_;
};

}  // namespace

std::unique_ptr<Workload> make_regular_workload(const ReadWriteOptions& options) {
  return std::make_unique<RegularRegister>(options);
}

}  // namespace faultline
