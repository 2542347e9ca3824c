// The pages: what the browser gets, built into the program from harness/serve/pages.
#pragma once

#include <string_view>

namespace faultline::serve {

// A file of pages/ by its name; empty if there is none.
std::string_view embedded(std::string_view name);

}  // namespace faultline::serve
