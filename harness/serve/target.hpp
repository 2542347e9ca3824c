// Target: what a request asks for, taken apart: the path in decoded segments, and the query.
//
// The first wall against reaching outside: whatever a path could be bent with (dots, slashes in
// disguise, NUL) is no target at all. The second is ResultsTree. Pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::serve {

struct Target {
  std::vector<std::string> segments;  // decoded once; none empty, ".", or ".."
  bool folder = false;                // the path ends in a slash
  std::map<std::string, std::string, std::less<>> query;
};

// Nothing if `text` is no path from the root, is badly encoded, or has a segment that is no name.
std::optional<Target> parse_target(std::string_view text);

// "name/time" or "folder/file", decoded already, as segments under the same rule.
std::optional<std::vector<std::string>> split_path(std::string_view path);

// A path as it stands in a URL: everything but letters, digits, "-._~/" as %XX.
std::string encode_path(std::string_view path);

// Whether a request with this Host header is for us: a name of the loopback, the address at which
// it arrived, or one of `allowed`. Else some site may have bent its own name to us (DNS rebinding).
bool is_own_host(std::string_view host, std::string_view local_address,
                 const std::vector<std::string>& allowed);

}  // namespace faultline::serve
