// What a correct etcd answers stays linearizable when it is translated, and what it cannot have
// answered does not: random runs of a small etcd that keeps revisions.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "checkers/linearizable.hpp"
#include "checkers/models/models.hpp"
#include "harness/core/rng.hpp"
#include "tests/harness/store/scratch.hpp"

namespace faultline {
namespace {

// Executes requests one after the other, and writes each as a line of operations.json whose
// interval contains the moment at which it was executed.
class SmallEtcd {
 public:
  explicit SmallEtcd(std::uint64_t seed) : rng_(seed) {}

  std::string run(int requests) {
    std::vector<std::string> lines;
    for (int i = 0; i < requests; ++i) lines.push_back(request(100 + 20 * i));
    std::string text;
    while (!lines.empty()) {  // in any order
      const std::size_t at = rng_.below(lines.size());
      text += lines[at];
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return text;
  }

 private:
  struct Entry {
    std::string value;
    std::int64_t revision = 0;
    int lease = 0;
  };

  std::string key() { return std::string(1, static_cast<char>('a' + rng_.below(3))); }

  std::string request(int now) {
    // A request that has no answer may be executed late, or never.
    answered_ = !rng_.chance(1, 6);
    executed_ = answered_ || rng_.chance(1, 2);
    const std::uint64_t which = rng_.below(10);
    const auto [input, output] = which == 0   ? list()
                                 : which == 1 ? revoke()
                                 : which < 4  ? range(key(), "", 0)
                                              : transaction();
    const auto call = now - static_cast<int>(rng_.below(100));
    const auto end = now + static_cast<int>(rng_.below(100));
    return fmt::format(R"({{"ClientId":{},"Input":{},"Call":{},"Output":{},"Return":{}}})"
                       "\n",
                       rng_.below(3), input, call, answered_ ? output : R"({"Error":"timeout"})",
                       answered_ ? end : 0);
  }

  using Exchange = std::pair<std::string, std::string>;

  std::string found(const std::string& start, const std::string& end, std::size_t limit) {
    std::string kvs;
    std::size_t count = 0;
    for (const auto& [key, entry] : entries_) {
      if (end.empty() ? key != start : key < start || key >= end) continue;
      if (++count > limit && limit > 0) continue;
      kvs += fmt::format(R"({}{{"Key":"{}","Value":{{"Value":"{}"}},"ModRevision":{}}})",
                         kvs.empty() ? "" : ",", key, entry.value, entry.revision);
    }
    return fmt::format(R"({{"KVs":[{}],"Count":{},"Deleted":0}})", kvs, count);
  }

  Exchange range(const std::string& start, const std::string& end, std::size_t limit) {
    return {fmt::format(
                R"({{"Type":"range","Range":{{"Start":"{}","End":"{}","Limit":{},"Revision":0}}}})",
                start, end, limit),
            fmt::format(R"({{"Range":{},"Revision":{}}})", found(start, end, limit), revision_)};
  }

  Exchange list() { return range("a", rng_.chance(1, 2) ? "c" : "z", rng_.below(3)); }

  Exchange revoke() {
    const int lease = 1 + static_cast<int>(rng_.below(2));
    if (executed_) {
      revision_ +=
          std::erase_if(entries_, [&](const auto& each) { return each.second.lease == lease; }) > 0;
    }
    return {fmt::format(R"({{"Type":"leaseRevoke","LeaseRevoke":{{"LeaseID":{}}}}})", lease),
            R"({"LeaseRevoke":{}})"};
  }

  Exchange transaction() {
    std::string conditions;
    bool holds = true;
    for (std::uint64_t n = rng_.below(3); n > 0; --n) {
      const std::string on = key();
      const std::int64_t now = entries_.contains(on) ? entries_[on].revision : 0;
      const std::int64_t wanted = rng_.chance(1, 2) ? now : rng_.between(0, revision_);
      holds = holds && wanted == now;
      conditions += fmt::format(R"({}{{"Key":"{}","ExpectedRevision":{}}})",
                                conditions.empty() ? "" : ",", on, wanted);
    }
    std::string success_results;
    std::string failure_results;
    const std::string success = actions(holds, success_results);
    const std::string failure = actions(!holds, failure_results);
    return {fmt::format(R"({{"Type":"txn","Txn":{{"Conditions":[{}],"OperationsOnSuccess":[{}],)"
                        R"("OperationsOnFailure":[{}]}}}})",
                        conditions, success, failure),
            fmt::format(R"({{"Txn":{{"Failure":{},"Results":[{}]}},"Revision":{}}})", !holds,
                        holds ? success_results : failure_results, revision_)};
  }

  std::string actions(bool carried_out, std::string& results) {
    std::string text;
    const std::int64_t next = revision_ + 1;
    for (const char* const key : {"c", "a", "b"}) {
      if (rng_.chance(1, 2)) continue;
      const auto [action, result] = act(key, carried_out && executed_, next);
      text += (text.empty() ? "" : ",") + action;
      results += (results.empty() ? "" : ",") + result;
    }
    return text;
  }

  Exchange act(const std::string& key, bool carried_out, std::int64_t next) {
    const std::uint64_t which = rng_.below(4);
    if (which == 0) {
      const std::string end = rng_.chance(1, 2) ? "" : "z";
      return {fmt::format(R"({{"Type":"range-operation","Range":{{"Start":"{}","End":"{}"}}}})",
                          key, end),
              found(key, end, 0)};
    }
    if (which == 1) {
      const std::size_t deleted = entries_.count(key);
      if (carried_out && entries_.erase(key) > 0) revision_ = next;
      return {fmt::format(R"({{"Type":"delete-operation","Delete":{{"Key":"{}"}}}})", key),
              fmt::format(R"({{"KVs":null,"Count":0,"Deleted":{}}})", deleted)};
    }
    const std::string value = std::to_string(rng_.below(4));  // seldom unique
    const int lease = static_cast<int>(rng_.below(3));
    if (carried_out) {
      entries_[key] = {value, next, lease};
      revision_ = next;
    }
    return {fmt::format(R"({{"Type":"put-operation","Put":{{"Key":"{}","Value":{{"Value":"{}"}},)"
                        R"("LeaseID":{}}}}})",
                        key, value, lease),
            R"({"KVs":null,"Count":0,"Deleted":0})"};
  }

  Rng rng_;
  std::map<std::string, Entry> entries_;
  std::int64_t revision_ = 1;
  bool answered_ = true;
  bool executed_ = true;
};

Report judge(const RecordedHistory& history) {
  return make_linearizable(*find_model("kv"), Value())->check(history.ops);
}

TEST(OperationsProperty, WhatACorrectEtcdAnswersStaysLinearizable) {
  std::size_t mismatches = 0;
  std::size_t swaps = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::string text = SmallEtcd(seed).run(30);
    const RecordedHistory history = good(text);
    const Report report = judge(history);
    ASSERT_EQ(report.verdict, Verdict::valid) << report.reason << report.text << "\n" << text;
    for (const Op& op : history.ops) {
      mismatches += op.error == kMismatch ? 1 : 0;
      swaps += op.f == f::kCas && op.type == OpType::ok ? 1 : 0;
    }
  }
  EXPECT_GT(mismatches, 100U);
  EXPECT_GT(swaps, 100U);
}

TEST(OperationsProperty, AValueThatNobodyPutIsInvalid) {
  std::size_t invalid = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RecordedHistory history = good(SmallEtcd(seed).run(30));
    for (Op& op : history.ops) {
      if (op.type != OpType::ok || op.f.name() != "get" || op.value.is_nothing()) continue;
      op.value = Value("99");
      ++invalid;
      EXPECT_EQ(judge(history).verdict, Verdict::invalid);
      break;
    }
  }
  EXPECT_GT(invalid, 50U);
}

}  // namespace
}  // namespace faultline
