// The pages: what the browser gets, built into the program from harness/serve/pages.
#pragma once

#include <string>
#include <string_view>

namespace faultline::serve {

// A file of pages/ by its name; empty if there is none.
std::string_view embedded(std::string_view name);
// The page that is drawn by pages/<name>.js: pages/<name>.html within page.html.
std::string page_of(std::string_view name, std::string_view title);

}  // namespace faultline::serve
