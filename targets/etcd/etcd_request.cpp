#include "targets/etcd/etcd_request.hpp"

#include <fmt/format.h>

#include "harness/core/base64.hpp"

namespace faultline::etcd {
namespace {

std::string encoded(const Value& integer) {
  return base64_encode(std::to_string(integer.integer()));
}

// The compare of a transaction: the key has this value, or is absent.
std::string compare(const std::string& key, const Value& expected) {
  if (expected.is_nothing()) {
    return fmt::format(R"({{"key":"{}","target":"CREATE","result":"EQUAL","createRevision":"0"}})",
                       key);
  }
  return fmt::format(R"({{"key":"{}","target":"VALUE","result":"EQUAL","value":"{}"}})", key,
                     encoded(expected));
}

std::optional<HttpRequest> cas(const std::string& key, const Value& value) {
  if (!value.is_pair() && !value.is_list()) return std::nullopt;
  const Value::List items = value.items();
  const bool fits = items.size() == 2 && (items[0].is_integer() || items[0].is_nothing()) &&
                    items[1].is_integer();
  if (!fits) return std::nullopt;
  return HttpRequest{
      "/v3/kv/txn",
      fmt::format(R"({{"compare":[{}],"success":[{{"requestPut":{{"key":"{}","value":"{}"}}}}]}})",
                  compare(key, items[0]), key, encoded(items[1]))};
}

}  // namespace

std::string key_name(const Value& key) {
  return key.is_integer() ? fmt::format("k{}", key.integer()) : "k";
}

std::optional<HttpRequest> request_of(const Op& op, bool serializable) {
  if (!op.key.is_integer() && !op.key.is_nothing()) return std::nullopt;
  const std::string key = base64_encode(key_name(op.key));
  if (op.f == f::kRead) {
    return HttpRequest{"/v3/kv/range", fmt::format(R"({{"key":"{}"{}}})", key,
                                                   serializable ? R"(,"serializable":true)" : "")};
  }
  if (op.f == f::kWrite && op.value.is_integer()) {
    return HttpRequest{"/v3/kv/put",
                       fmt::format(R"({{"key":"{}","value":"{}"}})", key, encoded(op.value))};
  }
  if (op.f == f::kCas) return cas(key, op.value);
  if (op.f == kDelete) {
    return HttpRequest{"/v3/kv/deleterange", fmt::format(R"({{"key":"{}"}})", key)};
  }
  return std::nullopt;
}

}  // namespace faultline::etcd
