// PageSources: the texts that report.html is made of, from harness/report/page; CMake embeds them.
#pragma once

#include <string_view>

namespace faultline::page {

extern const std::string_view kSkeleton;  // HTML with placeholders: @STYLE@, @RUN@, ...
extern const std::string_view kStyle;
extern const std::string_view kD3;      // the modules of D3 that are used
extern const std::string_view kScript;  // ours

}  // namespace faultline::page
