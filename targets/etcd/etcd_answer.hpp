// What an answer of etcd, or none, says about an op: ok, fail or info, by the rule in op.hpp.
//
// Fail only where etcd's sources (3.4 to 3.6) show that the op cannot have had an effect; whatever
// is not known for certain is info, and of a read fail, as it has no effect. A pure function.
#pragma once

#include "harness/core/op.hpp"
#include "targets/etcd/http_connection.hpp"

namespace faultline::etcd {

struct Judgement {
  Op completion;
  // It had no effect, and another node, or the same one a little later, may carry it out.
  bool ask_again = false;
};

// `op` is an invocation for which request_of() has a request.
Judgement judge(const Op& op, const HttpAnswer& answer);

}  // namespace faultline::etcd
