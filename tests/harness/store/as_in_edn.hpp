// What comes back of a history that was written as EDN; see README.md in harness/store.
#pragma once

#include <algorithm>

#include "harness/store/formats/edn_ops.hpp"

namespace faultline {

// Its values are written as pairs [key value].
inline bool is_keyed(const History& ops) {
  return std::any_of(ops.begin(), ops.end(),
                     [](const Op& op) { return !op.is_nemesis() && !op.key.is_nothing(); });
}

// Without what EDN has no place for, and no checker looks at.
inline History as_in_edn(History ops) {
  for (Op& op : ops) {
    op.error = formats::error_symbol(op.error.name());
    if (!op.is_nemesis()) continue;
    op.type = OpType::info;
    op.key = Value();
  }
  return ops;
}

}  // namespace faultline
