#include "harness/report/label_room.hpp"

#include <algorithm>

#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // begins one
  }));
}

}  // namespace

double LabelRoom::width(std::string_view text) {
  return static_cast<double>(characters(text)) * kCharacter;
}

std::string LabelRoom::shortened(std::string_view text, double width) {
  const auto most = static_cast<std::size_t>(std::max(1.0, width / kCharacter));
  if (characters(text) <= most) return std::string(text);
  std::size_t end = 0;
  for (std::size_t n = 1; n < most; ++n) {
    end += std::max<std::size_t>(1, utf8_length(text.substr(end)));
  }
  return std::string(text.substr(0, end)) + "…";
}

bool LabelRoom::take(Point start, std::string_view text) {
  constexpr double kBelow = 3;  // the base line
  const Box box{start.x, start.y - kLine + kBelow, start.x + width(text), start.y + kBelow};
  const bool free = std::none_of(taken_.begin(), taken_.end(), [&](const Box& other) {
    return box.left < other.right && other.left < box.right && box.top < other.bottom &&
           other.top < box.bottom;
  });
  if (free) taken_.push_back(box);
  return free;
}

}  // namespace faultline
