// What is given behind a flag, read: numbers, seconds, lists of names. Everything that is refused
// is a UsageError that names the flag, what it was given, and what was expected. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/time.hpp"

namespace faultline::cli {

[[noreturn]] void refuse(std::string_view flag, std::string_view given, std::string_view expected);

// A whole number from `least` to `most`.
std::uint64_t parse_whole(std::string_view flag, std::string_view text, std::uint64_t least,
                          std::uint64_t most);

// "1.5" -> 1,500,000,000 ns. Without a `least` anything above 0 will do.
Duration parse_seconds(std::string_view flag, std::string_view text, Duration least = 0);

// "kill,pause": none empty, none twice.
std::vector<std::string> parse_names(std::string_view flag, std::string_view text);

// `text` as one word of a command line, quoted if need be.
std::string shell_word(const std::string& text);

}  // namespace faultline::cli
