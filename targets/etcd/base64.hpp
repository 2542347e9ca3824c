// Base64 (RFC 4648, padded), in which etcd's JSON gateway carries keys and values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace faultline::etcd {

std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);  // nothing: it is no base64

}  // namespace faultline::etcd
