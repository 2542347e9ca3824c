#include "harness/report/svg_shapes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/junit.hpp"

namespace faultline {

std::string svg_line(std::string_view css, Point a, Point b) {
  return fmt::format(R"(<path class="{}" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>)", css, a.x, a.y, b.x,
                     b.y);
}

std::string svg_box(std::string_view css, Point corner, double width, double height,
                    std::string_view title) {
  return fmt::format(R"(<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">)"
                     "<title>{}</title></rect>",
                     css, corner.x, corner.y, width, std::max(1.0, height), xml_text(title));
}

std::string svg_text(std::string_view css, Point at, std::string_view what,
                     std::string_view anchor) {
  return fmt::format(R"(<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", css,
                     at.x, at.y, anchor, xml_text(what));
}

}  // namespace faultline
