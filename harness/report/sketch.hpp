// Sketch: a history of many operations as few, which look the same where all of it is drawn at
// once. A browser draws them before it has read the others. A pure function.
#pragma once

#include "harness/report/operation_table.hpp"

namespace faultline {

// Operations of a process with the same outcome, ok or fail, are one if they are no more than
// `gap` apart: from when the first began until the last ended. Names (keys, values ...) are
// left out, and so are those of the functions. What is info stays as it is: it ends a process, so
// there are no more of them than there are processes.
OperationTable sketch(const OperationTable& table, Duration gap);

}  // namespace faultline
