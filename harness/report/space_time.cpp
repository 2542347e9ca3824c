#include "harness/report/space_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/report/junit.hpp"
#include "harness/report/label_room.hpp"
#include "harness/report/message_arrows.hpp"
#include "harness/report/space_time_layout.hpp"
#include "harness/report/space_time_style.hpp"
#include "harness/report/svg_shapes.hpp"

namespace faultline {
namespace {

// 1, 2 or 5 times a power of ten, so that the marks of the axis stand far enough apart.
Duration time_step(Duration window, double body) {
  constexpr double kApart = 70;
  const auto least = static_cast<Duration>(static_cast<double>(window) * kApart / body);
  Duration step = 1;
  while (10 * step <= least) step *= 10;
  if (step >= least) return step;
  return 2 * step >= least ? 2 * step : 5 * step >= least ? 5 * step : 10 * step;
}

class Drawing {
 public:
  explicit Drawing(const SpaceTime& diagram) : diagram_(diagram), layout_(diagram) {}

  std::string svg() {
    begin();
    faults();
    axis();
    lives();
    operations();
    commits();
    stretches();
    // What begins or ends outside of the window is cut off at its edges.
    out_ +=
        "<g clip-path=\"url(#window)\">\n" + message_arrows(diagram_, layout_, room_) + "</g>\n";
    out_ += labels_;
    heads();
    notes();
    return std::move(out_) + "</svg>\n";
  }

 private:
  void add(const std::string& shape) { out_ += shape + "\n"; }

  void begin() {
    const double width = layout_.width();
    const double height = layout_.height();
    add(fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}" )"
                    R"(width="{0:.0f}" height="{1:.0f}" role="img">)",
                    width, height));
    add("<title>" + xml_text(diagram_.title) + "</title>");
    out_ += kSpaceTimeStyle;
    add(fmt::format(
        R"(<clipPath id="window"><rect x="0" y="{:.1f}" width="{:.0f}" height="{:.1f}"/>)"
        "</clipPath>",
        layout_.top(), width, layout_.bottom() - layout_.top()));
    add(svg_box("paper", {0, 0}, width, height));
    add(svg_text("title", {16, 26}, diagram_.title));
    add(svg_text(
        "note", {16, 46},
        fmt::format("{:.6f} s to {:.6f} s of the run, time goes down: {} messages, {} of them "
                    "lost",
                    to_seconds(diagram_.window.from), to_seconds(diagram_.window.to),
                    diagram_.messages.size(),
                    std::count_if(diagram_.messages.begin(), diagram_.messages.end(),
                                  [](const auto& message) { return message.lost; }))));
  }

  void faults() {
    constexpr double kMargin = 4;
    for (std::size_t i = 0; i < diagram_.faults.size(); ++i) {
      const SpaceTime::Fault& fault = diagram_.faults[i];
      const double top = layout_.y_inside(fault.begin);
      const double height = layout_.y_inside(fault.end) - top;
      const double x = layout_.strip(i);
      add(svg_box("fault", {x, top}, layout_.right() - x, height));
      add(svg_box("strip", {x, top}, SpaceTimeLayout::kStrip - 2, height, fault.text));
      if (height < 4 * LabelRoom::kLine) continue;
      const std::string shown = LabelRoom::shortened(fault.text, height - 2 * kMargin);
      add(fmt::format(R"x(<text transform="translate({:.1f} {:.1f})rotate(90)">{}</text>)x", x + 3,
                      top + kMargin, xml_text(shown)));
    }
  }

  void axis() {
    const Duration window = diagram_.window.to - diagram_.window.from;
    const Duration step = time_step(window, layout_.bottom() - layout_.top());
    int decimals = 0;
    for (Duration unit = kSecond; unit > step && decimals < 9; unit /= 10) ++decimals;
    const Time first = (diagram_.window.from + step - 1) / step * step;
    for (Time at = first; at <= diagram_.window.to; at += step) {
      const double y = layout_.y(at);
      add(svg_line("grid", {layout_.left() - 4, y}, {layout_.right(), y}));
      add(svg_text("at", {layout_.left() - 8, y + 3.5},
                   fmt::format("{:.{}f} s", to_seconds(at), decimals), "end"));
    }
    add(svg_line("axis", {layout_.left() - 4, layout_.top()},
                 {layout_.left() - 4, layout_.bottom()}));
  }

  // The lines of the nodes; while a node is down, hers is only hinted at.
  void lives() {
    for (NodeId node = 0; node < diagram_.nodes; ++node) {
      const double x = layout_.node(node);
      double from = layout_.top();
      for (const SpaceTime::Stretch& stretch : diagram_.stretches) {
        if (stretch.node != node || stretch.phase != SpaceTime::Phase::down) continue;
        const double begin = layout_.y_inside(stretch.begin);
        const double end = layout_.y_inside(stretch.end);
        add(svg_line("life", {x, from}, {x, begin}));
        add(svg_line("gone", {x, begin}, {x, end}));
        from = end;
      }
      add(svg_line("life", {x, from}, {x, layout_.bottom()}));
    }
  }

  void operations() {
    constexpr double kHalf = 5;
    for (std::size_t i = 0; i < diagram_.operations.size(); ++i) {
      const SpaceTime::Operation& op = diagram_.operations[i];
      const double x = layout_.lane(i);
      const double top = layout_.y_inside(op.invoked);
      const double bottom = layout_.y_inside(op.completed);
      const bool open = op.completed == kNever;
      add(svg_box(open ? "open" : "op", {x - kHalf, top}, 2 * kHalf, bottom - top, op.text));
      const std::string shown = LabelRoom::shortened(op.text, SpaceTimeLayout::kLane - 24);
      put({x + kHalf + 4, std::min(top + 10, layout_.bottom() - 4)}, shown);
    }
  }

  void commits() {
    constexpr double kHalf = 6;
    for (const SpaceTime::Commit& commit : diagram_.commits) {
      const double x = layout_.node(commit.node);
      const double y = layout_.y(commit.at);
      add(fmt::format(R"(<path class="commit" d="M{:.1f} {:.1f}h{:.1f}">)"
                      "<title>{} commits up to {} at {:.6f} s</title></path>",
                      x - kHalf, y, 2 * kHalf, node_name(commit.node), commit.index,
                      to_seconds(commit.at)));
    }
  }

  // A node that leads may be paused: that is drawn around its bar.
  void stretches() {
    using Phase = SpaceTime::Phase;
    for (const Phase phase : {Phase::leader, Phase::paused, Phase::down}) {
      for (const SpaceTime::Stretch& stretch : diagram_.stretches) {
        if (stretch.phase == phase) draw(stretch);
      }
    }
  }

  void draw(const SpaceTime::Stretch& stretch) {
    constexpr double kHalf = 4;
    constexpr double kHalfOfPause = 7;
    const double x = layout_.node(stretch.node);
    const double top = layout_.y_inside(stretch.begin);
    const double bottom = layout_.y_inside(stretch.end);
    const Point label{x + kHalfOfPause + 3, top + 10};
    switch (stretch.phase) {
      case SpaceTime::Phase::leader: {
        const std::string what = fmt::format("leads, term {}", stretch.term);
        const char* css = stretch.term % 2 == 0 ? "leader0" : "leader1";
        add(svg_box(css, {x - kHalf, top}, 2 * kHalf, bottom - top, what));
        put(label, what);
        break;
      }
      case SpaceTime::Phase::paused:
        add(svg_box("paused", {x - kHalfOfPause, top}, 2 * kHalfOfPause, bottom - top, "paused"));
        put(label, "paused");
        break;
      case SpaceTime::Phase::down: down(stretch, x, top, bottom); break;
    }
  }

  void down(const SpaceTime::Stretch& stretch, double x, double top, double bottom) {
    if (stretch.begin >= diagram_.window.from) {
      add(fmt::format(R"(<path class="mark" d="M{:.1f} {:.1f}l10 10m0 -10l-10 10"/>)", x - 5,
                      top - 5));
    }
    if (stretch.end <= diagram_.window.to) {
      add(fmt::format(R"(<circle class="again" cx="{:.1f}" cy="{:.1f}" r="4"/>)", x, bottom));
    }
    put({x + 9, top + 10}, stretch.begin >= diagram_.window.from ? "killed" : "down");
  }

  // Where it should be, or as near below as there is room. Drawn later, over all lines.
  void put(Point at, const std::string& what) {
    while (!room_.take(at, what)) at.y += LabelRoom::kLine / 2;
    labels_ += svg_label(at, what) + "\n";
  }

  void heads() {
    const double y = layout_.top() - 16;
    for (NodeId node = 0; node < diagram_.nodes; ++node) {
      add(svg_text("head", {layout_.node(node), y}, node_name(node), "middle"));
    }
    for (const Process process : layout_.processes()) {
      add(svg_text("head", {layout_.lane_of(process) - 5, y}, fmt::format("client {}", process)));
    }
  }

  void notes() {
    const std::array notes{
        "Arrows are messages, from when they were sent to when they arrived; a cross: it was lost.",
        "Faint: it says what the one before it on that link said. Thick bars: the node leads.",
        "Green ticks: it commits more. Dashed: paused; dotted: down. Red: a fault.",
        "Bars at the left: operations of the counterexample, pale if their end is not known.",
        "With the pointer over an arrow, a tick or a bar, it says more."};
    double y = layout_.bottom() + 20;
    for (const char* note : notes) {
      add(svg_text("note", {16, y}, note));
      y += 15;
    }
  }

  const SpaceTime& diagram_;
  SpaceTimeLayout layout_;
  LabelRoom room_;
  std::string out_;
  std::string labels_;
};

}  // namespace

std::string space_time_svg(const SpaceTime& diagram) {
  return Drawing(diagram).svg();
}

}  // namespace faultline
