#include "workloads/rw_register.hpp"

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "checkers/online.hpp"

namespace faultline {
namespace {

class RwRegister final : public Workload {
 public:
  explicit RwRegister(const ReadWriteOptions& options) : options_(options) {}

  std::vector<Symbol> functions() const override { return {f::kRead, f::kWrite}; }
  Gen generator() const override { return reads_and_unique_writes(options_); }
  Gen final_generator(const std::vector<Value>& keys) const override { return read_all_once(keys); }
  std::unique_ptr<Checker> checker() const override {
    return make_linearizable(*find_model("register"), Value());
  }
  std::unique_ptr<Monitor> monitor() const override {
    return make_online(*find_model("register"), Value());
  }

 private:
  const ReadWriteOptions options_;
};

}  // namespace

std::unique_ptr<Workload> make_rw_register_workload(const ReadWriteOptions& options) {
  return std::make_unique<RwRegister>(options);
}

}  // namespace faultline
