#include "workloads/read_write.hpp"

#include "harness/generators/generators.hpp"

namespace faultline {
namespace {

constexpr Duration kRetryInterval = 50 * kMillisecond;

Gen read_of(const Value& key) {
  return gen::once(invocation(f::kRead, {}, key));
}

Gen until_answered(const Value& key) {
  return gen::until_ok(gen::delay(kRetryInterval, gen::repeat(invocation(f::kRead, {}, key))));
}

}  // namespace

Gen reads_and_unique_writes(const ReadWriteOptions& options) {
  const auto write = [](const Context&, std::int64_t i) { return invocation(f::kWrite, i); };
  const auto ops_of_key = [=, n = options.ops_per_key](const Value&) {
    return gen::limit(
        n, gen::weighted_mix({{1, gen::repeat(invocation(f::kRead))}, {1, gen::numbered(write)}}));
  };
  return gen::concurrent_keys(options.threads_per_key, gen::integer_keys(), ops_of_key);
}

Gen read_all_once(const std::vector<Value>& keys) {
  if (keys.empty()) return nullptr;
  gen::Gens reads;
  for (const Value& key : keys) reads.push_back(read_of(key));
  return gen::then(until_answered(keys.back()), gen::sequence(std::move(reads)));
}

Gen read_all_by_all(const std::vector<Value>& keys, Duration settle) {
  if (keys.empty()) return nullptr;
  gen::Gens reads;
  for (int round = 0; round < 2; ++round) {
    for (const Value& key : keys) reads.push_back(read_of(key));
  }
  return gen::then(
      until_answered(keys.back()),
      gen::sequence({gen::sleep(settle), gen::each_thread(gen::sequence(std::move(reads)))}));
}

}  // namespace faultline
