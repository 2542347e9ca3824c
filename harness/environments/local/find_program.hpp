// find_program: where a program is that is named as a shell names it. Pure but for looking.
#pragma once

#include <string>
#include <string_view>

namespace faultline::local {

// The path of `name` in PATH (and in sbin, where Debian puts some servers), or `name` itself if it
// is a path; empty if nothing there can be executed.
std::string find_program(std::string_view name);

}  // namespace faultline::local
