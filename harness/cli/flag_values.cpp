#include "harness/cli/flag_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "harness/cli/commands.hpp"
#include "harness/core/utf8.hpp"
#include "harness/run/plan.hpp"

namespace faultline::cli {
namespace {

constexpr Duration kLongest = 10'000'000 * kSecond;  // a good hundred days

template <class Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

void refuse(std::string_view flag, std::string_view given, std::string_view expected) {
  throw UsageError(
      fmt::format("{} {}: expected {}", flag, given.empty() ? "''" : printable(given), expected));
}

std::uint64_t parse_whole(std::string_view flag, std::string_view text, std::uint64_t least,
                          std::uint64_t most) {
  std::uint64_t number = 0;
  if (!parse_number(text, number) || number < least || number > most) {
    refuse(flag, text, fmt::format("a whole number from {} to {}", least, most));
  }
  return number;
}

Duration parse_seconds(std::string_view flag, std::string_view text, Duration least) {
  const std::string limit =
      least > 0 ? fmt::format("at least {}", seconds_text(least)) : std::string("more than 0");
  double seconds = 0;
  if (parse_number(text, seconds) && seconds > 0 && seconds <= to_seconds(kLongest)) {
    const Duration duration = std::llround(seconds * 1e9);
    if (duration >= std::max<Duration>(least, 1)) return duration;
  }
  refuse(flag, text, fmt::format("seconds, {} and at most {}", limit, seconds_text(kLongest)));
}

std::vector<std::string> parse_names(std::string_view flag, std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    std::string name(text.substr(begin, comma - begin));
    if (name.empty()) refuse(flag, text, "names, separated by commas");
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      throw UsageError(fmt::format("{} {}: {} is named twice", flag, text, name));
    }
    names.push_back(std::move(name));
    begin = comma + 1;
  }
  return names;
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace faultline::cli
