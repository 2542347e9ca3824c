// Live: what a growing history says since the place that was read to before. Holds nothing between
// two looks: the page adds up. Pure, but for reading the file.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/serve/journal_events.hpp"
#include "harness/store/json_value.hpp"

namespace faultline::serve {

// {"next": where to go on, "more": is there more than one look reads, "size", "events", "damaged",
//  "seconds": [[second, ok, fail, info]], "time": of the last event, in seconds,
//  "faults": [{"kind", "strikes": how many, "open": is it at the end, "what", "time"}],
//  "leaders": [[time, node]], "elections": how many, "lines": the last lines}
Json look_at(const OpenFile& history, std::uint64_t from, const std::vector<FaultKind>& kinds);

}  // namespace faultline::serve
