#include "harness/report/counterexample_svg.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "harness/report/counterexample_layout.hpp"
#include "harness/report/counterexample_style.hpp"
#include "harness/report/junit.hpp"
#include "harness/report/label_room.hpp"
#include "harness/report/svg_shapes.hpp"

namespace faultline {
namespace {

constexpr double kLane = 46;  // high
constexpr double kBar = 16;   // high
constexpr double kLine = 16;  // of text
constexpr double kMargin = 14;
constexpr double kLeast = 640;      // wide
constexpr std::size_t kFaults = 6;  // rows of them

std::string seconds(Time time) {
  return fmt::format("{:.6f} s", to_seconds(time));
}

// A text in lines that are not wider than that, if its words allow it.
std::vector<std::string> wrapped(std::string_view text, double width, double character) {
  const auto most = static_cast<std::size_t>(std::max(20.0, width / character));
  std::vector<std::string> lines;
  while (text.size() > most) {
    const std::size_t blank = text.rfind(' ', most);
    if (blank == std::string_view::npos || blank == 0) break;
    lines.emplace_back(text.substr(0, blank));
    text.remove_prefix(blank + 1);
  }
  lines.emplace_back(text);
  return lines;
}

class Drawing {
 public:
  Drawing(const CounterexampleView& view, const std::vector<RunPage::Fault>& faults,
          const OperationTable& table)
      : view_(view), table_(table), layout_(lay_out(view, lane_names(view) + 2 * kMargin)) {
    width_ = std::max(kLeast, layout_.right + kMargin);
    choose_faults(faults);
    states_y_ = 52 + kLine * static_cast<double>(rows_);
    top_ = states_y_ + 14;
    bottom_ = top_ + kLane * static_cast<double>(layout_.lanes.size());
  }

  std::string svg() {
    draw_faults();
    draw_lanes();
    draw_axis();
    for (const auto& bar : layout_.bars) draw_bar(bar);
    draw_path();
    for (const auto& bar : layout_.bars) draw_label(bar);
    const double end = draw_notes();
    return head(end) + body_ + "</svg>\n";
  }

 private:
  using Bar = CounterexampleLayout::Bar;
  struct Shown {
    const RunPage::Fault* fault;
    double from;
    double to;
    std::optional<std::size_t> row;  // of its label
  };

  static std::string lane_name(Process process) { return fmt::format("process {}", process); }

  static double lane_names(const CounterexampleView& view) {
    double width = 0;
    for (const auto& operation : view.around) {
      width = std::max(width, 1.1 * LabelRoom::width(lane_name(operation.process)));
    }
    return width;
  }

  static std::string text_of(const RunPage::Fault& fault) {
    return fault.what.empty() ? fault.f : fault.f + " " + fault.what;
  }

  // Those in the time that is drawn; as many labels as there is room for, the latest first.
  void choose_faults(const std::vector<RunPage::Fault>& faults) {
    const Time begin = layout_.times.front().first;
    const Time end = layout_.times.back().first;
    std::vector<double> used(kFaults, width_);  // by row: where the label to the right begins
    for (auto fault = faults.rbegin(); fault != faults.rend(); ++fault) {
      if (fault->from > end || fault->to < begin) continue;
      Shown shown{
          &*fault, std::max(layout_.left, layout_.x(fault->from)), layout_.x(fault->to), {}};
      for (std::size_t row = 0; row < kFaults && !shown.row; ++row) {
        if (used[row] - shown.from < 90) continue;
        shown.row = row;
        used_until_.emplace_back(used[row] - 8);
        used[row] = shown.from;
        rows_ = std::max(rows_, row + 1);
      }
      if (!shown.row) used_until_.emplace_back(0);
      faults_.push_back(shown);
    }
  }

  void add(const std::string& shape) { body_ += shape + "\n"; }

  std::string head(double height) const {
    return fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" )"
        R"(height="{1:.0f}" role="group" aria-labelledby="counterexample-heading">)"
        "\n<title id=\"counterexample-heading\">Not linearizable: {2}</title>\n<desc>{3}</desc>\n"
        "{4}<defs>"
        R"x(<pattern id="fault" width="7" height="7" patternUnits="userSpaceOnUse" )x"
        R"x(patternTransform="rotate(45)"><rect class="haze" width="7" height="7"/>)x"
        R"x(<path class="hatch" d="M0 0V7"/></pattern>)x"
        R"x(<pattern id="bad" width="5" height="5" patternUnits="userSpaceOnUse" )x"
        R"x(patternTransform="rotate(-45)"><rect class="bad-back" width="5" height="5"/>)x"
        R"x(<path class="bad-line" d="M0 0V5"/></pattern>)x"
        "</defs>\n{5}\n{6}\n",
        width_, height, xml_text(view_.heading), xml_text(view_.sentence), kCounterexampleStyle,
        svg_box("paper", {0, 0}, width_, height),
        svg_text("title", {kMargin, 24},
                 LabelRoom::shortened("Not linearizable: " + view_.heading, width_ / 1.5)));
  }

  void draw_faults() {
    const double least = 3;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
      const auto& [fault, from, to, row] = faults_[i];
      const double top = row ? 44 + kLine * static_cast<double>(rows_ - 1 - *row) : states_y_;
      const std::string what =
          fmt::format("{}, {} to {}", text_of(*fault), seconds(fault->from),
                      fault->to == kNever ? std::string("the end") : seconds(fault->to));
      add(svg_box("band", {from, top - 10}, std::max(least, to - from), bottom_ - top + 10, what));
      add(svg_line("edge", {from, top - 10}, {from, bottom_}));
      if (!row) continue;
      add(svg_text("fault", {from + 4, top},
                   LabelRoom::shortened("⚡ " + text_of(*fault), used_until_[i] - from)));
    }
  }

  double middle(std::size_t lane) const { return top_ + kLane * (static_cast<double>(lane) + 0.7); }

  void draw_lanes() {
    if (!layout_.points.empty()) add(svg_text("note", {kMargin, states_y_}, "state after"));
    for (std::size_t lane = 0; lane < layout_.lanes.size(); ++lane) {
      const double y = middle(lane);
      add(svg_text("lane", {kMargin, y + 4}, lane_name(layout_.lanes[lane])));
      add(svg_line("rail", {layout_.left - 6, y}, {width_ - kMargin, y}));
    }
  }

  // Times of beginnings, the failing one's before the others.
  void draw_axis() {
    LabelRoom room;
    for (const bool failing : {true, false}) {
      for (const Bar& bar : layout_.bars) {
        if (bar.failing != failing) continue;
        const std::string text = view_.timed
                                     ? fmt::format("{:.3f} s", to_seconds(bar.operation.begin))
                                     : fmt::format("line {}", line_of(bar));
        if (!room.take({bar.begin - 4, bottom_ + 14}, text + "  ")) continue;
        add(svg_line("tick", {bar.begin, middle(bar.lane) + kBar / 2}, {bar.begin, bottom_ + 4}));
        add(svg_text("at", {bar.begin, bottom_ + 14}, text));
      }
    }
  }

  std::size_t line_of(const Bar& bar) const {
    const std::size_t row = table_.row_at(bar.operation.invoked);
    return row < table_.rows.size() ? table_.rows[row].line : bar.operation.invoked + 2;
  }

  const CounterexampleLayout::Point* point_of(const Bar& bar) const {
    const auto point = std::find_if(layout_.points.begin(), layout_.points.end(),
                                    [&](const auto& p) { return &layout_.bars[p.bar] == &bar; });
    return point == layout_.points.end() ? nullptr : &*point;
  }

  // What is said of it when the pointer or the focus is on it.
  std::string told(const Bar& bar) const {
    const auto& operation = bar.operation;
    std::string text = fmt::format("{} by process {}, ", operation.label, operation.process);
    if (view_.timed) {
      text += fmt::format("{} to {}, ", seconds(operation.begin),
                          bar.is_open() ? "the end" : seconds(operation.end));
    }
    text += fmt::format("line {} of the history", line_of(bar));
    if (bar.is_open()) text += "; what came of it is not known";
    if (bar.failing) return text + "; it cannot be placed: " + view_.sentence;
    if (const auto* point = point_of(bar)) {
      const std::size_t number = view_.linearized - view_.path.size() + point->step + 1;
      text += fmt::format("; number {} of the linearization, state after it: {}", number,
                          view_.path[point->step].state);
    }
    if (bar.in_core) text += "; one of the few that exclude one another";
    return text;
  }

  void draw_bar(const Bar& bar) {
    const double y = middle(bar.lane);
    const std::string css = fmt::format("bar{}{}",
                                        bar.failing   ? " bad"
                                        : bar.on_path ? ""
                                                      : " off",
                                        bar.in_core ? " core" : "");
    const double end = bar.is_open() ? bar.end - 12 : bar.end;
    std::string shape = svg_box(css, {bar.begin, y - kBar / 2}, end - bar.begin, kBar);
    if (bar.is_open()) {
      shape += fmt::format(R"(<path class="{}" d="M{:.1f} {:.1f}l8 {:.1f}l-8 {:.1f}"/>)", css, end,
                           y - kBar / 2, kBar / 2, kBar / 2);
    }
    add(fmt::format(R"(<g class="op{}" data-op="{}" tabindex="0"><title>{}</title>{}</g>)",
                    bar.failing ? " bad" : "", table_.row_at(bar.operation.invoked),
                    xml_text(told(bar)), shape));
  }

  void draw_label(const Bar& bar) {
    const double y = middle(bar.lane) - kBar / 2 - 4;
    const std::string label = (bar.failing ? "✗ " : "") + bar.operation.label;
    add(svg_text(bar.failing ? "never" : "label", {bar.begin, y}, label));
  }

  void draw_path() {
    if (layout_.points.empty()) return;
    std::string path = fmt::format("M{:.1f} {:.1f}", layout_.left - 6, states_y_ + 6);
    for (const auto& point : layout_.points) {
      path += fmt::format("L{:.1f} {:.1f}", point.x, middle(layout_.bars[point.bar].lane));
    }
    for (const auto& point : layout_.points) {
      add(svg_line("drop", {point.x, states_y_ + 4},
                   {point.x, middle(layout_.bars[point.bar].lane)}));
    }
    add(fmt::format(R"(<path class="path" d="{}"/>)", path));
    for (const auto& point : layout_.points) {
      add(fmt::format(R"(<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="4"/>)", point.x,
                      middle(layout_.bars[point.bar].lane)));
      add(svg_text("state", {point.x, states_y_}, point.state, "middle"));
    }
  }

  // The sentence, and what the signs mean. Returns where it ends.
  double draw_notes() {
    constexpr double kSaid = 7.3;  // a character of the sentence
    double y = bottom_ + 42;
    const auto say = [&](const char* css, std::string_view text, double character) {
      for (const std::string& line : wrapped(text, width_ - 2 * kMargin, character)) {
        add(svg_text(css, {kMargin, y}, line));
        y += kLine;
      }
    };
    say("say", "✗ " + view_.sentence + ".", kSaid);
    y += 4;
    if (view_.linearized > 0) {
      say("note",
          fmt::format("The green path is the end of the longest linearization found, {} of {} "
                      "operations: the point of each is where it takes effect, above it the state "
                      "after it.",
                      view_.linearized, view_.counted),
          LabelRoom::kCharacter);
    }
    if (!view_.unused.empty()) say("note", view_.unused, LabelRoom::kCharacter);
    say("note",
        "Hatched red, ✗: it cannot be placed. Dashed: not part of the path. Thick border: one of "
        "the few operations that exclude one another. Arrow: its outcome is not known. Hatched "
        "columns, ⚡: faults. The order of events is exact, distances are not.",
        LabelRoom::kCharacter);
    return y;
  }

  const CounterexampleView& view_;
  const OperationTable& table_;
  const CounterexampleLayout layout_;
  std::vector<Shown> faults_;
  std::vector<double> used_until_;  // by fault: where its label has to end
  std::size_t rows_ = 0;
  double width_ = 0;
  double states_y_ = 0;
  double top_ = 0;
  double bottom_ = 0;
  std::string body_;
};

}  // namespace

std::string counterexample_svg(const CounterexampleView& view,
                               const std::vector<RunPage::Fault>& faults,
                               const OperationTable& table) {
  return Drawing(view, faults, table).svg();
}

}  // namespace faultline
