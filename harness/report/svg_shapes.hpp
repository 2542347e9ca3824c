// Shapes of SVG images; their looks are in the style of the class `css`. Texts are escaped. Pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "harness/report/label_room.hpp"

namespace faultline {

std::string svg_line(std::string_view css, Point a, Point b);
// At least a pixel high. The title is shown when the pointer is over it.
std::string svg_box(std::string_view css, Point corner, double width, double height,
                    std::string_view title = {});
std::string svg_text(std::string_view css, Point at, std::string_view what,
                     std::string_view anchor = "start");

}  // namespace faultline
