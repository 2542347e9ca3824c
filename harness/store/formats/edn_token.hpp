// The smallest pieces of EDN: what a token is, and what escapes and named characters stand for.
// Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "harness/store/formats/edn.hpp"

namespace faultline::formats {

// nil, a boolean, a number, a keyword or a symbol; nothing if it is none of these.
std::optional<Edn::Kind> token_kind(std::string_view word);

// The length of the escape that `text` begins with (its backslash included); 0 if it is none.
std::size_t escape_length(std::string_view text);

// A string's text, given without its quotes.
std::string unescape(std::string_view text);

// What the character \NAME stands for (given without its backslash); empty if it is none.
std::string character_text(std::string_view name);

}  // namespace faultline::formats
