// Several nemeses as one: each op goes to the one whose function it is; which of them acts next is
// drawn evenly.
#pragma once

#include "nemeses/context.hpp"

namespace faultline {

// The members' functions must differ (asserted). None at all is a nemesis with nothing to do.
std::unique_ptr<Nemesis> compose_nemeses(std::vector<std::unique_ptr<Nemesis>> members);

}  // namespace faultline
