#include "harness/report/message_arrows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "harness/report/junit.hpp"

namespace faultline {
namespace {

struct Arrow {
  const SpaceTime::Message* message = nullptr;
  Point from;
  Point to;
  bool is_client = false;
  bool faint = false;  // it says what the one before it on this link said
  int kind = 0;
  std::string label;  // empty: there was no room
  Point label_at;
};

std::string_view kind_of(const SpaceTime::Message& message) {
  return std::string_view(message.text).substr(0, message.text.find(' '));
}

std::string end_name(NodeId node) {
  return node == kClients ? "client" : node_name(node);
}

class Arrows {
 public:
  Arrows(const SpaceTime& diagram, const SpaceTimeLayout& layout)
      : diagram_(diagram), layout_(layout) {
    const auto operations = operations_of_messages(diagram);
    std::map<std::pair<NodeId, NodeId>, std::string_view> said;
    for (std::size_t i = 0; i < diagram.messages.size(); ++i) {
      const SpaceTime::Message& message = diagram.messages[i];
      Arrow arrow;
      arrow.message = &message;
      arrow.is_client = message.from == kClients || message.to == kClients;
      if (arrow.is_client && !operations[i]) continue;  // of an operation that is not shown
      arrow.from = {x(message.from, operations[i]), layout.y(message.sent)};
      arrow.to = {x(message.to, operations[i]), layout.y(end_of(message))};
      if (message.lost) shorten(arrow);
      auto& before = said[{message.from, message.to}];
      arrow.faint = std::exchange(before, message.text) == message.text && !message.lost;
      if (!arrow.is_client) arrow.kind = kind(kind_of(message));
      arrows_.push_back(std::move(arrow));
    }
  }

  // Those that matter most come first: what is lost, what is rare, what is new.
  void label(LabelRoom& room) {
    std::vector<Arrow*> order;
    for (Arrow& arrow : arrows_) order.push_back(&arrow);
    std::stable_sort(order.begin(), order.end(),
                     [&](const Arrow* a, const Arrow* b) { return rank(*a) < rank(*b); });
    for (Arrow* arrow : order) find_room(*arrow, room);
  }

  std::string svg() const {
    std::string out;
    for (const bool faint : {true, false}) {  // the others on top
      for (const Arrow& arrow : arrows_) {
        if (arrow.faint == faint) out += svg(arrow);
      }
    }
    for (const Arrow& arrow : arrows_) {  // over all lines
      if (arrow.label.empty()) continue;
      out += fmt::format("<g class=\"{}\">{}</g>\n", classes(arrow),
                         svg_label(arrow.label_at, arrow.label));
    }
    return out;
  }

 private:
  double x(NodeId node, std::optional<std::size_t> operation) const {
    return node == kClients ? layout_.lane(*operation) : layout_.node(node);
  }

  // What is under way still when the trace ends goes on below the picture.
  Time end_of(const SpaceTime::Message& message) const {
    return message.ended != kNever ? message.ended : diagram_.window.to + kMillisecond;
  }

  // A lost message does not reach the line that it was sent to.
  static void shorten(Arrow& arrow) {
    constexpr double kFall =
        10;  // of one that was lost at once: when it would have come is unknown
    const bool at_once = arrow.to.y == arrow.from.y;
    const double part = at_once ? 0.5 : 0.85;
    const double fall = at_once ? kFall : arrow.to.y - arrow.from.y;
    arrow.to = {arrow.from.x + part * (arrow.to.x - arrow.from.x), arrow.from.y + part * fall};
  }

  int kind(std::string_view name) {
    constexpr int kColours = 5;
    const int next = static_cast<int>(kinds_.size());
    const auto [found, inserted] = kinds_.try_emplace(name, next);
    ++count_[name];
    return std::min(found->second, kColours - 1);
  }

  std::tuple<int, std::size_t> rank(const Arrow& arrow) const {
    if (arrow.message->lost) return {0, 0};
    if (arrow.is_client) return {1, 0};
    return {arrow.faint ? 3 : 2, count_.at(kind_of(*arrow.message))};
  }

  // Between two lines that the arrow crosses, those nearest to its sender first.
  void find_room(Arrow& arrow, LabelRoom& room) const {
    constexpr double kMargin = 8;
    constexpr double kAbove = 2;
    const double span = arrow.to.x - arrow.from.x;
    const double gap = arrow.is_client ? std::abs(span) : SpaceTimeLayout::kNodeGap;
    const int gaps = std::max(1, static_cast<int>(std::lround(std::abs(span) / gap)));
    const std::string text = LabelRoom::shortened(
        arrow.message->text, std::min({gap, std::abs(span), 220.0}) - 2 * kMargin);
    for (int i = 0; i < gaps; ++i) {
      const double part = (i + 0.5) / gaps;
      const Point middle{arrow.from.x + part * span,
                         arrow.from.y + part * (arrow.to.y - arrow.from.y)};
      const Point start{middle.x - LabelRoom::width(text) / 2, middle.y - kAbove};
      const bool inside = start.y - LabelRoom::kLine >= layout_.top() && start.y < layout_.bottom();
      if (!inside || !room.take(start, text)) continue;
      arrow.label = text;
      arrow.label_at = start;
      return;
    }
  }

  static std::string tip(const Arrow& arrow) {
    const Point& end = arrow.to;
    if (arrow.message->lost) {
      constexpr double kArm = 4;
      return fmt::format(R"(<path class="mark" d="M{:.1f} {:.1f}l{} {}m0 -{}l-{} {}"/>)",
                         end.x - kArm, end.y - kArm, 2 * kArm, 2 * kArm, 2 * kArm, 2 * kArm,
                         2 * kArm);
    }
    constexpr double kLength = 7;
    constexpr double kHalfWidth = 2.6;
    const double dx = end.x - arrow.from.x;
    const double dy = end.y - arrow.from.y;
    const double length = std::max(1.0, std::hypot(dx, dy));
    const Point back{end.x - kLength * dx / length, end.y - kLength * dy / length};
    const Point side{-kHalfWidth * dy / length, kHalfWidth * dx / length};
    return fmt::format(R"(<path class="tip" d="M{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}z"/>)",
                       end.x, end.y, back.x + side.x, back.y + side.y, back.x - side.x,
                       back.y - side.y);
  }

  static std::string title(const SpaceTime::Message& message) {
    std::string text = fmt::format("{} → {}: {}\nsent {:.6f} s", end_name(message.from),
                                   end_name(message.to), message.text, to_seconds(message.sent));
    if (message.ended != kNever) {
      text += fmt::format(", {} {:.6f} s", message.lost ? "lost" : "arrived",
                          to_seconds(message.ended));
    }
    if (message.lost) text += ": " + message.why;
    return text;
  }

  static std::string classes(const Arrow& arrow) {
    std::string classes = "m";
    classes += arrow.is_client ? " client" : fmt::format(" k{}", arrow.kind);
    if (arrow.message->lost) classes += " lost";
    if (arrow.faint) classes += " faint";
    return classes;
  }

  static std::string svg(const Arrow& arrow) {
    return fmt::format(
        R"(<g class="{}"><title>{}</title><path d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>{}</g>)"
        "\n",
        classes(arrow), xml_text(title(*arrow.message)), arrow.from.x, arrow.from.y, arrow.to.x,
        arrow.to.y, tip(arrow));
  }

  const SpaceTime& diagram_;
  const SpaceTimeLayout& layout_;
  std::vector<Arrow> arrows_;
  std::map<std::string_view, int> kinds_;          // numbered as they come
  std::map<std::string_view, std::size_t> count_;  // by kind
};

}  // namespace

std::string message_arrows(const SpaceTime& diagram, const SpaceTimeLayout& layout,
                           LabelRoom& room) {
  Arrows arrows(diagram, layout);
  arrows.label(room);
  return arrows.svg();
}

std::string svg_label(Point start, std::string_view text) {
  return fmt::format(R"(<text class="label" x="{:.1f}" y="{:.1f}">{}</text>)", start.x, start.y,
                     xml_text(text));
}

}  // namespace faultline
