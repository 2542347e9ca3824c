#include "harness/serve/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace faultline::serve {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

bool is_name(std::string_view segment) {
  if (segment.empty() || segment == "." || segment == "..") return false;
  return std::none_of(segment.begin(), segment.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || c == '/' || c == '\\';
  });
}

// Calls each(part) for what lies between the separators; false as soon as one call is.
template <typename Each>
bool each_part(std::string_view text, char separator, Each each) {
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (!each(text.substr(0, end))) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

bool parse_query(std::string_view text, Target& target) {
  if (text.empty()) return true;
  return each_part(text, '&', [&](std::string_view part) {
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto name = decode(part.substr(0, equals));
    const auto value = decode(part.substr(std::min(equals + 1, part.size())));
    if (!name || !value) return false;
    target.query[*name] = *value;
    return true;
  });
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// The name in a Host header, without the port; "[::1]:80" -> "::1".
std::string host_name(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return {};
    const std::string_view rest = host.substr(end + 1);
    return rest.empty() || rest.starts_with(':') ? lower(host.substr(1, end - 1)) : std::string();
  }
  return lower(host.substr(0, host.find(':')));
}

bool is_loopback(std::string_view name) {
  if (name == "localhost" || name == "::1") return true;
  // Only as an address: 127.evil.example is a name like any other.
  return name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
  Target target;
  const std::size_t end = std::min(text.find('?'), text.size());
  std::string_view path = text.substr(0, end);
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  if (!parse_query(text.substr(std::min(end + 1, text.size())), target)) return std::nullopt;
  if (path.empty()) return target;
  target.folder = path.ends_with('/');
  if (target.folder) path.remove_suffix(1);
  const bool good = each_part(path, '/', [&](std::string_view part) {
    auto segment = decode(part);
    if (!segment || !is_name(*segment)) return false;
    target.segments.push_back(std::move(*segment));
    return true;
  });
  if (!good) return std::nullopt;
  return target;
}

std::optional<std::vector<std::string>> split_path(std::string_view path) {
  std::vector<std::string> segments;
  const bool good = each_part(path, '/', [&](std::string_view part) {
    segments.emplace_back(part);
    return is_name(part);
  });
  if (!good) return std::nullopt;
  return segments;
}

std::string encode_path(std::string_view path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string encoded;
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

bool is_own_host(std::string_view host, std::string_view local_address,
                 const std::vector<std::string>& allowed) {
  const std::string name = host_name(host);
  if (name.empty()) return false;
  return is_loopback(name) || name == local_address ||
         std::any_of(allowed.begin(), allowed.end(),
                     [&](const std::string& other) { return name == lower(other); });
}

}  // namespace faultline::serve
