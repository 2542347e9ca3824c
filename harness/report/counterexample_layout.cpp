#include "harness/report/counterexample_layout.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "harness/report/label_room.hpp"

namespace faultline {
namespace {

constexpr std::size_t kMostAround = 18;
constexpr std::size_t kMostOfCore = 12;
constexpr std::size_t kMostLanes = 14;
constexpr double kStateWidth = 110;
constexpr double kGap = 14;     // between two events
constexpr double kMargin = 10;  // around a label

using Layout = CounterexampleLayout;
using Operation = CounterexampleView::Operation;

class Maker {
 public:
  Maker(const CounterexampleView& view, double left) : view_(view) { made_.left = left; }

  Layout make() {
    choose();
    find_path();
    place();
    return std::move(made_);
  }

 private:
  // Something that has a column of its own, in the order of the columns.
  struct Item {
    enum class Kind { begin, end, point };
    std::size_t position = 0;  // of the event; of a point: of the one that it follows
    Kind kind = Kind::begin;
    std::size_t index = 0;  // of a bar or a point
  };

  void choose() {
    std::size_t around = 0;
    for (const Operation& operation : view_.around) {
      if (around == kMostAround) break;
      around += add(operation) ? 1 : 0;
    }
    if (view_.core && view_.core->operations.size() <= kMostOfCore) {
      for (const Operation& operation : view_.core->operations) add(operation);
    }
    std::sort(made_.bars.begin(), made_.bars.end(), [](const Layout::Bar& a, const Layout::Bar& b) {
      return a.operation.invoked < b.operation.invoked;
    });
    std::sort(made_.lanes.begin(), made_.lanes.end());
    for (Layout::Bar& bar : made_.bars) {
      const auto lane =
          std::lower_bound(made_.lanes.begin(), made_.lanes.end(), bar.operation.process);
      bar.lane = static_cast<std::size_t>(lane - made_.lanes.begin());
      bar.failing = bar.operation.invoked == view_.failing.invoked;
      bar.in_core = view_.core && std::any_of(view_.core->operations.begin(),
                                              view_.core->operations.end(), [&](const auto& op) {
                                                return op.invoked == bar.operation.invoked;
                                              });
    }
  }

  // False: it is there already, or there are too many lanes.
  bool add(const Operation& operation) {
    if (bar_of(operation)) return false;
    auto& lanes = made_.lanes;
    if (std::find(lanes.begin(), lanes.end(), operation.process) == lanes.end()) {
      if (lanes.size() == kMostLanes) return false;
      lanes.push_back(operation.process);
    }
    made_.bars.push_back({.operation = operation});
    return true;
  }

  std::optional<std::size_t> bar_of(const Operation& operation) const {
    for (std::size_t i = 0; i < made_.bars.size(); ++i) {
      if (made_.bars[i].operation.invoked == operation.invoked) return i;
    }
    return std::nullopt;
  }

  void find_path() {
    std::size_t first = view_.path.size();
    while (first > 0 && bar_of(view_.path[first - 1].operation)) --first;
    for (std::size_t step = first; step < view_.path.size(); ++step) {
      const std::size_t bar = *bar_of(view_.path[step].operation);
      made_.bars[bar].on_path = true;
      made_.points.push_back(
          {bar, 0, LabelRoom::shortened(view_.path[step].state, kStateWidth), step});
    }
  }

  // An operation takes effect as soon as it and those before it, drawn or not, have begun: none of
  // them has ended by then, or the order would not be that of a linearization.
  std::vector<Item> items() const {
    std::vector<Item> items;
    for (std::size_t i = 0; i < made_.bars.size(); ++i) {
      const Layout::Bar& bar = made_.bars[i];
      items.push_back({bar.operation.invoked, Item::Kind::begin, i});
      if (!bar.is_open()) items.push_back({bar.operation.returned, Item::Kind::end, i});
    }
    std::size_t latest = 0;
    const std::size_t drawn = made_.points.empty() ? 0 : made_.points.front().step;
    for (std::size_t step = 0; step < drawn; ++step) {
      latest = std::max(latest, view_.path[step].operation.invoked);
    }
    for (std::size_t i = 0; i < made_.points.size(); ++i) {
      latest = std::max(latest, made_.bars[made_.points[i].bar].operation.invoked);
      items.push_back({latest, Item::Kind::point, i});
    }
    std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
      return std::pair(a.position, a.kind == Item::Kind::point) <
             std::pair(b.position, b.kind == Item::Kind::point);
    });
    return items;
  }

  void place() {
    std::map<std::size_t, double> free;  // by lane: where its last label ends
    double x = made_.left - kGap;
    double state_end = made_.left;
    for (const Item& item : items()) {
      x += kGap;
      if (item.kind == Item::Kind::point) {
        Layout::Point& point = made_.points[item.index];
        const double half = LabelRoom::width(point.state) / 2 + kMargin / 2;
        x = std::max(x, state_end + half);
        state_end = x + half;
        point.x = x;
        continue;
      }
      Layout::Bar& bar = made_.bars[item.index];
      if (item.kind == Item::Kind::begin) {
        x = std::max(x, free[bar.lane]);
        bar.begin = x;
        free[bar.lane] = x + LabelRoom::width(bar.operation.label) + 2 * kMargin;
      } else {
        bar.end = x;
      }
      made_.times.emplace_back(
          item.kind == Item::Kind::begin ? bar.operation.begin : bar.operation.end, x);
    }
    for (const auto& [lane, end] : free) x = std::max(x, end);
    made_.right = std::max(x, state_end) + kGap;
    for (Layout::Bar& bar : made_.bars) {
      if (bar.is_open()) bar.end = made_.right;
    }
  }

  const CounterexampleView& view_;
  Layout made_;
};

}  // namespace

double CounterexampleLayout::x(Time time) const {
  const auto next = std::upper_bound(
      times.begin(), times.end(), time,
      [](Time wanted, const std::pair<Time, double>& event) { return wanted < event.first; });
  if (next == times.begin()) return left;
  if (next == times.end()) return time == times.back().first ? times.back().second : right;
  const auto [before, from] = *(next - 1);
  const auto [after, to] = *next;
  return from +
         (to - from) * static_cast<double>(time - before) / static_cast<double>(after - before);
}

CounterexampleLayout lay_out(const CounterexampleView& view, double left) {
  return Maker(view, left).make();
}

}  // namespace faultline
