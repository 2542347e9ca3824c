#include "harness/core/link_fault.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace faultline {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t size;  // a power of ten
};
constexpr std::array<Unit, 4> kTimes{
    {{"s", kSecond}, {"ms", kMillisecond}, {"us", kMicrosecond}, {"ns", 1}}};
constexpr std::array<Unit, 1> kPercent{{{"%", 100}}};
constexpr std::array<Unit, 3> kRates{{{"MB/s", 1'000'000}, {"kB/s", 1'000}, {"B/s", 1}}};

struct Chance {
  std::string_view name;
  int LinkFault::*chance;
};
constexpr std::array<Chance, 4> kChances{{{"loss", &LinkFault::loss_chance},
                                          {"duplicate", &LinkFault::duplicate_chance},
                                          {"reorder", &LinkFault::reorder_chance},
                                          {"corrupt", &LinkFault::corrupt_chance}}};
constexpr int kCertain = 10'000;

constexpr std::array<std::string_view, 3> kSpreads{"uniform", "normal", "pareto"};  // by Spread
constexpr std::string_view kNotFifo = "not FIFO";

// Exact, in the largest unit of which there is a whole one: "1.5ms".
std::string to_text(std::int64_t amount, std::span<const Unit> units) {
  assert(amount >= 0);
  while (units.size() > 1 && amount > 0 && amount < units.front().size) units = units.subspan(1);
  const Unit& unit = units.front();
  std::string text = fmt::format("{}", amount / unit.size);
  std::string digits;
  std::int64_t rest = amount % unit.size;
  for (std::int64_t digit = unit.size / 10; rest > 0; rest %= digit, digit /= 10) {
    digits += static_cast<char>('0' + rest / digit);
  }
  if (!digits.empty()) text += "." + digits;
  return text.append(unit.name);
}

std::optional<std::int64_t> parse_digits(std::string_view text) {
  constexpr std::size_t kMostDigits = 9;  // times the largest unit it still fits
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = 10 * number + (c - '0');
  }
  return number;
}

// What to_text() wrote; nothing if it is not that, or not exact.
std::optional<std::int64_t> parse_amount(std::string_view text, std::span<const Unit> units) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view name = text.substr(end);
  const std::string_view number = text.substr(0, end);
  const std::size_t point = std::min(number.find('.'), number.size());
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    const auto whole = parse_digits(number.substr(0, point));
    if (!whole) return std::nullopt;
    if (point == number.size()) return *whole * unit.size;
    const std::string_view decimals = number.substr(point + 1);
    auto fraction = parse_digits(decimals);
    if (!fraction) return std::nullopt;
    std::int64_t scale = unit.size;
    for (std::size_t i = 0; i < decimals.size(); ++i) {
      if (scale == 1) return std::nullopt;  // less than one can be
      scale /= 10;
    }
    return *whole * unit.size + *fraction * scale;
  }
  return std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

// "delay 50ms", "delay 50ms +-10ms", "delay 50ms +-10ms normal".
bool read_delay(std::span<const std::string_view> words, LinkFault& fault) {
  if (words.size() < 2 || words.size() > 4) return false;
  const auto delay = parse_amount(words[1], kTimes);
  if (!delay) return false;
  fault.delay = *delay;
  if (words.size() == 2) return true;
  if (!words[2].starts_with("+-")) return false;
  const auto jitter = parse_amount(words[2].substr(2), kTimes);
  if (!jitter) return false;
  fault.jitter = *jitter;
  if (words.size() == 3) return true;
  for (std::size_t i = 0; i < kSpreads.size(); ++i) {
    if (words[3] != kSpreads[i]) continue;
    fault.spread = static_cast<LinkFault::Spread>(i);
    return true;
  }
  return false;
}

// One part of what describe() wrote, into `fault`. False: it is none.
bool read_part(std::string_view part, LinkFault& fault) {
  if (part == kNotFifo) {
    fault.fifo = false;
    return true;
  }
  const auto words = split(part, " ");
  if (words[0] == "delay") return read_delay(words, fault);
  if (words.size() != 2) return false;
  if (words[0] == "rate") {
    const auto rate = parse_amount(words[1], kRates);
    if (!rate || *rate == 0) return false;
    fault.rate = *rate;
    return true;
  }
  for (const Chance& each : kChances) {
    if (words[0] != each.name) continue;
    const auto chance = parse_amount(words[1], kPercent);
    if (!chance || *chance > kCertain) return false;
    fault.*each.chance = static_cast<int>(*chance);
    return true;
  }
  return false;
}

}  // namespace

std::string describe(const LinkFault& fault) {
  std::vector<std::string> parts;
  const bool uniform = fault.spread == LinkFault::Spread::uniform;
  if (fault.delay > 0 || fault.jitter > 0 || !uniform) {
    std::string text = "delay " + to_text(fault.delay, kTimes);
    if (fault.jitter > 0 || !uniform) text += " +-" + to_text(fault.jitter, kTimes);
    if (!uniform) text.append(" ").append(kSpreads[static_cast<std::size_t>(fault.spread)]);
    parts.push_back(std::move(text));
  }
  for (const Chance& each : kChances) {
    const int chance = fault.*each.chance;
    if (chance > 0) parts.push_back(fmt::format("{} {}", each.name, to_text(chance, kPercent)));
  }
  if (fault.rate > 0) parts.push_back("rate " + to_text(fault.rate, kRates));
  if (!fault.fifo) parts.emplace_back(kNotFifo);
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, ", "));
}

Result<LinkFault> parse_link_fault(const std::string& text) {
  LinkFault fault;
  if (text == "nothing") return fault;
  std::vector<std::string_view> seen;
  for (const std::string_view part : split(text, ", ")) {
    if (!read_part(part, fault)) {
      return Error{
          fmt::format("'{}' is no fault of a link: expected as in \"delay 50ms +-10ms "
                      "normal, loss 5%, duplicate 1%, reorder 2%, corrupt 0.5%, "
                      "rate 20kB/s, not FIFO\", or \"nothing\"",
                      part)};
    }
    const std::string_view kind = part.substr(0, part.find(' '));
    if (std::find(seen.begin(), seen.end(), kind) != seen.end()) {
      return Error{fmt::format("'{}': a link has one {}, and here are two", part, kind)};
    }
    seen.push_back(kind);
  }
  return fault;
}

}  // namespace faultline
