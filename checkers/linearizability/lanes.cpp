#include "checkers/linearizability/lanes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace faultline {
namespace {

constexpr std::string_view kMark = " <==";
constexpr std::size_t kMargin = 2;

struct Event {
  std::uint64_t at;
  std::size_t bar;
  bool is_end;
};

std::vector<Event> events_of(const std::vector<Bar>& bars) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    events.push_back({bars[i].begin, i, false});
    if (bars[i].end != Bar::kOpen) events.push_back({bars[i].end, i, true});
  }
  std::sort(events.begin(), events.end(),
            [](const Event& a, const Event& b) { return a.at < b.at; });
  return events;
}

// The columns of a bar's two ends.
struct Place {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// As far to the left as the order of the events and the labels allow: |-label-| must fit.
std::vector<Place> place(const std::vector<Bar>& bars) {
  std::vector<Place> places(bars.size());
  std::size_t column = 0;
  for (const Event& event : events_of(bars)) {
    Place& at = places[event.bar];
    if (event.is_end) {
      column = std::max(column, at.begin + bars[event.bar].label.size() + 3);
      at.end = column;
    } else {
      at.begin = column;
    }
    ++column;
  }
  std::size_t edge = column;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    edge = std::max(edge, places[i].begin + bars[i].label.size() + 4);
  }
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (bars[i].end == Bar::kOpen) places[i].end = edge;
  }
  return places;
}

void put(std::string& line, std::size_t column, std::string_view text) {
  if (line.size() < column + text.size()) line.resize(column + text.size(), ' ');
  line.replace(column, text.size(), text);
}

void put_bar(std::string& line, std::size_t margin, const Bar& bar, const Place& at) {
  const bool open = bar.end == Bar::kOpen;
  const std::size_t inner = at.end - at.begin - 1;
  const std::string fill(inner, bar.marked ? '=' : '-');
  put(line, margin + at.begin, "|" + fill + (open ? ">" : "|"));
  put(line, margin + at.begin + 1 + (inner - bar.label.size()) / 2, bar.label);
  if (bar.marked) line += kMark;
}

// The texts of the axis, as many as there is room for, the marked bar's before the others.
std::string axis(const std::vector<Bar>& bars, const std::vector<Place>& places,
                 std::size_t margin) {
  std::vector<std::size_t> order(bars.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (bars[a].marked != bars[b].marked) return bars[a].marked;
    return bars[a].begin < bars[b].begin;
  });
  std::string line;
  for (std::size_t i : order) {
    const std::size_t column = margin + places[i].begin;
    const std::string& text = bars[i].begin_text;
    const std::size_t from = column == margin ? column : column - 2;
    const std::size_t to = std::min(column + text.size() + 2, line.size());
    const bool is_free = from >= line.size() || line.find_first_not_of(' ', from) >= to;
    if (is_free) put(line, column, text);
  }
  return line;
}

}  // namespace

std::vector<std::string> draw_lanes(const std::vector<Bar>& bars) {
  std::map<std::int64_t, std::string> lanes;
  std::size_t margin = 0;
  for (const Bar& bar : bars) {
    std::string& name = lanes[bar.lane];
    name = std::string(kMargin, ' ') + fmt::format("process {}", bar.lane);
    margin = std::max(margin, name.size() + kMargin);
  }
  const std::vector<Place> places = place(bars);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    put_bar(lanes[bars[i].lane], margin, bars[i], places[i]);
  }
  std::vector<std::string> lines;
  for (auto& [lane, line] : lanes) lines.push_back(std::move(line));
  lines.push_back(axis(bars, places, margin));
  return lines;
}

std::size_t width_of(const std::vector<std::string>& lines) {
  std::size_t width = 0;
  for (const std::string& line : lines) width = std::max(width, line.size());
  return width;
}

}  // namespace faultline
