// The messages of a space-time diagram, as SVG. A pure function, but that it takes room for labels.
#pragma once

#include <string>

#include "harness/report/label_room.hpp"
#include "harness/report/space_time.hpp"
#include "harness/report/space_time_layout.hpp"

namespace faultline {

std::string message_arrows(const SpaceTime& diagram, const SpaceTimeLayout& layout,
                           LabelRoom& room);

// A text that may lie over lines, at the beginning of its base line.
std::string svg_label(Point start, std::string_view text);

}  // namespace faultline
