// complete: does the history hold the whole run? What is missing from it was not judged, so the
// verdict over a run that was interrupted or killed cannot be valid. Stateless; any thread.
#pragma once

#include <memory>

#include "harness/core/checker.hpp"

namespace faultline {

// Valid if the history ends with the controller's mark f::kFinished, otherwise unknown.
std::unique_ptr<Checker> make_complete();

}  // namespace faultline
