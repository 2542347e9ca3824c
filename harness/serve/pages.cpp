#include "harness/serve/pages.hpp"

#include <fmt/format.h>

namespace faultline::serve {
namespace page {

// Written by CMake from pages/.
extern const std::string_view compare_html;
extern const std::string_view compare_js;
extern const std::string_view list_html;
extern const std::string_view list_js;
extern const std::string_view live_html;
extern const std::string_view live_js;
extern const std::string_view page_css;
extern const std::string_view page_html;
extern const std::string_view page_js;
extern const std::string_view run_html;
extern const std::string_view run_js;

}  // namespace page

std::string_view embedded(std::string_view name) {
  struct File {
    std::string_view name;
    const std::string_view& text;
  };
  static const File kFiles[] = {
      {"compare.html", page::compare_html},
      {"compare.js", page::compare_js},
      {"list.html", page::list_html},
      {"list.js", page::list_js},
      {"live.html", page::live_html},
      {"live.js", page::live_js},
      {"page.css", page::page_css},
      {"page.html", page::page_html},
      {"page.js", page::page_js},
      {"run.html", page::run_html},
      {"run.js", page::run_js},
  };
  for (const File& file : kFiles) {
    if (file.name == name) return file.text;
  }
  return {};
}

std::string page_of(std::string_view name, std::string_view title) {
  return fmt::format(fmt::runtime(page::page_html), fmt::arg("name", name),
                     fmt::arg("title", title),
                     fmt::arg("content", embedded(fmt::format("{}.html", name))));
}

}  // namespace faultline::serve
