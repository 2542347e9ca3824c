// UTF-8, as far as reading, writing and showing texts needs it. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace faultline {

// A byte that belongs to no character is written as this surrogate plus the byte: U+DC80 to U+DCFF.
inline constexpr std::uint32_t kSurrogateOfByte = 0xDC00;

// The length in bytes of the character that `text` begins with; 0 if it begins with none (a stray
// or missing continuation byte, an overlong form, a surrogate, beyond U+10FFFF).
std::size_t utf8_length(std::string_view text);

// Appends the character `code`, which is no surrogate and not beyond U+10FFFF.
void append_utf8(std::string& out, std::uint32_t code);

// `text` as it may be shown: control characters (C0, DEL, C1), marks that turn the direction of
// writing, ends of lines, and bytes that belong to no character as \uXXXX, the latter as surrogates
// (see above), the rest as it is.
std::string printable(std::string_view text);

}  // namespace faultline
