// LabelRoom: which places of a drawing are taken by texts, so that no two of them overlap. The
// texts are of a monospaced font, whose width is known. A plain value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace faultline {

struct Point {
  double x = 0;
  double y = 0;
};

class LabelRoom {
 public:
  static constexpr double kCharacter = 6.05;  // wide, at 10 px
  static constexpr double kLine = 12;         // high

  // In characters, not bytes.
  static double width(std::string_view text);
  // Its beginning, with an ellipsis, if it is wider than that.
  static std::string shortened(std::string_view text, double width);

  // Takes the place of a text whose base line begins there. False: some other one has a part of it.
  bool take(Point start, std::string_view text);

 private:
  struct Box {
    double left, top, right, bottom;
  };
  std::vector<Box> taken_;
};

}  // namespace faultline
