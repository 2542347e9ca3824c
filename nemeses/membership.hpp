// membership: nodes leave the cluster and come back, follow without a vote, or are made its leader,
// as an operator would have it; one change at a time, drawn anew each time.
#pragma once

#include "nemeses/context.hpp"

namespace faultline {

// Ops: change-members [what, node], as in ["remove" "n3"] (add-voter, add-learner, remove, lead),
// whose error says why nothing, or nothing that is known, came of it; and restore-members, which
// goes on until every node is a voter again. Two nodes always keep their vote, as far as can be
// known. Error if the target has no power over its members.
Result<std::unique_ptr<Nemesis>> make_membership(const NemesisContext& context);

}  // namespace faultline
