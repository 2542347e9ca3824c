#include "workloads/register.hpp"

#include <stdexcept>

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "checkers/online.hpp"
#include "harness/generators/generators.hpp"

namespace faultline {
namespace {

constexpr Duration kRetryInterval = 50 * kMillisecond;

class Register final : public Workload {
 public:
  explicit Register(const RegisterOptions& options) : options_(options) {}

  std::vector<Symbol> functions() const override { return {f::kRead, f::kWrite, f::kCas}; }

  Gen generator() const override {
    const auto draw = [values = options_.values](const Context& context) {
      return static_cast<std::int64_t>(context.rng().below(static_cast<std::uint64_t>(values)));
    };
    const auto write = [draw](const Context& context) {
      return invocation(f::kWrite, draw(context));
    };
    const auto cas = [draw](const Context& context) {
      const std::int64_t expected = draw(context);
      const std::int64_t replacement = draw(context);
      return invocation(f::kCas, Value(expected, replacement));
    };
    const auto ops_of_key = [=, n = options_.ops_per_key](const Value&) {
      return gen::limit(n, gen::weighted_mix({{2, gen::repeat(invocation(f::kRead))},
                                              {1, gen::each(write)},
                                              {1, gen::each(cas)}}));
    };
    return gen::concurrent_keys(options_.threads_per_key, gen::integer_keys(), ops_of_key);
  }

  // Every key is read once more, when the cluster answers again.
  Gen final_generator(const std::vector<Value>& keys) const override {
    if (keys.empty()) return nullptr;
    gen::Gens reads;
    for (const Value& key : keys) reads.push_back(gen::once(invocation(f::kRead, {}, key)));
    const Op probe = invocation(f::kRead, {}, keys.back());
    return gen::then(gen::until_ok(gen::delay(kRetryInterval, gen::repeat(probe))),
                     gen::sequence(std::move(reads)));
  }

  std::unique_ptr<Checker> checker() const override {
    return make_linearizable(*find_model("cas-register"), Value(), ModelOptions{}, Limits{});
  }

  std::unique_ptr<Monitor> monitor() const override {
    return make_online(*find_model("cas-register"), Value());
  }

 private:
  RegisterOptions options_;
};

}  // namespace

std::unique_ptr<Workload> make_register_workload(const RegisterOptions& options) {
  return std::make_unique<Register>(options);
}

}  // namespace faultline
