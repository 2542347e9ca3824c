// What is asked of etcd's v3 JSON gateway to carry out an op.
//
// Ops are those of a register per key: read, write, cas and delete. Keys are integers (or nothing,
// if there is only one), values integers; a cas may expect nothing, as [nil 3]: the key is absent.
#pragma once

#include <optional>
#include <string>

#include "harness/core/op.hpp"
#include "targets/etcd/http_connection.hpp"

namespace faultline::etcd {

inline const Symbol kDelete = Symbol::of("delete");

// A serializable read is answered by the node asked from what it has applied: it may be stale.
// Nothing: this is no op for etcd.
std::optional<HttpRequest> request_of(const Op& op, bool serializable);

std::string key_name(const Value& key);  // "k7" for 7, "k" for nothing

}  // namespace faultline::etcd
