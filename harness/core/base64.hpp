// Base64 (RFC 4648, padded): bytes as text, as etcd's JSON gateway and HTML carry them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace faultline {

std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);  // nothing: it is no base64

}  // namespace faultline
