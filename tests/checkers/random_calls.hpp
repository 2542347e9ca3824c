// Random ops of each model, and what they return: the part of a random history that knows models.
#pragma once

#include <string>

#include "tests/checkers/naive.hpp"
#include "tests/checkers/random_history.hpp"

namespace faultline {

Op random_call(const std::string& model, const HistoryShape& shape, Rng& rng);

// Its result counts.
bool is_query(const std::string& model, const Op& op);

// What `invocation` returns in `state`, one of the possible answers; if there is none, anything.
Value answer(const std::string& model, const Op& invocation, const naive::State& state,
             const HistoryShape& shape, Rng& rng);

// Another result of a completed query, likely a wrong one.
Value other_result(const std::string& model, const Op& completion, const HistoryShape& shape,
                   Rng& rng);

}  // namespace faultline
