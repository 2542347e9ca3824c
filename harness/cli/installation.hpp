// Installation: what is missing, from Debian packages, for `doctor --install`. For the main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace faultline::cli {

// The packages that apt-get would remove, from what `apt-get --simulate` says.
std::vector<std::string> removals_in(std::string_view simulation);

// Installs the packages, as root or by sudo; removes none; says on standard error what it does. A
// service that comes with one is neither started nor enabled, as ours are processes of our own.
// Throws SystemError, with what the user can do, if that is not possible.
void install_packages(const std::vector<std::string>& packages);

}  // namespace faultline::cli
