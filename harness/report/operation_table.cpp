#include "harness/report/operation_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <numeric>
#include <utility>

#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

constexpr std::size_t kMostCharacters = 200;
constexpr std::size_t kMostBytes = std::size_t{6} << 20;  // of the names of one kind

// Names by number, in the order in which they appear. When they have become too many for a page,
// the rest share one name.
template <class T>
class Names {
 public:
  template <class Show>
  std::uint32_t number(const T& thing, Show show) {
    if (!known_.empty() && thing == last_) return last_number_;  // mostly it is the same again
    const auto known = known_.find(thing);
    last_ = thing;
    last_number_ = known != known_.end() ? known->second : add(thing, shortened_for_page(show()));
    return last_number_;
  }

  const std::vector<T>& things() const { return things_; }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  std::uint32_t add(const T& thing, std::string name) {
    bytes_ += name.size();
    if (bytes_ > kMostBytes) {
      if (!full_) {
        full_ = static_cast<std::uint32_t>(names_.size());
        names_.emplace_back("… (see the history)");
        things_.push_back(thing);
      }
      return *full_;
    }
    const auto number = static_cast<std::uint32_t>(names_.size());
    names_.push_back(std::move(name));
    things_.push_back(thing);
    known_.emplace(thing, number);
    return number;
  }

  boost::unordered_flat_map<T, std::uint32_t> known_;
  std::vector<T> things_;
  std::vector<std::string> names_;
  std::size_t bytes_ = 0;
  std::optional<std::uint32_t> full_;
  T last_{};
  std::uint32_t last_number_ = 0;
};

// A name's number among the names in the order of what they name; the first `fixed` stay in front.
template <class T>
std::vector<std::uint32_t> sort_names(const std::vector<T>& things, std::vector<std::string>& names,
                                      std::size_t fixed) {
  std::vector<std::uint32_t> order(names.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin() + static_cast<std::ptrdiff_t>(fixed), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return things[a] < things[b]; });
  std::vector<std::uint32_t> number(names.size());
  std::vector<std::string> sorted;
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    number[order[i]] = i;
    sorted.push_back(std::move(names[order[i]]));
  }
  names = std::move(sorted);
  return number;
}

// A cas has a pair of its own form, as in a counterexample.
using Shown = std::pair<Value, bool>;

std::string show(const Shown& shown) {
  const auto& [value, of_cas] = shown;
  if (!of_cas) return value.to_string();
  return fmt::format("{}->{}", value.pair().first, value.pair().second);
}

class Reader {
 public:
  explicit Reader(std::span<const std::uint32_t> lines) : lines_(lines) {}

  OperationTable read(const History& history) {
    value({}, Symbol());  // nil is 0
    key({});
    error({});
    for (std::uint32_t i = 0; i < history.size(); ++i) {
      const Op& op = history[i];
      if (op.is_nemesis()) continue;
      op.type == OpType::invoke ? invoke(op, i) : complete(op);
    }
    finish();
    if (!history.empty()) {
      const auto [first, last] = std::minmax_element(
          history.begin(), history.end(), [](const Op& a, const Op& b) { return a.time < b.time; });
      table_.begin = first->time;
      table_.end = last->time;
    }
    return std::move(table_);
  }

 private:
  std::uint32_t value(const Value& value, Symbol f) {
    const Shown shown{value, f == f::kCas && value.is_pair()};
    return values_.number(shown, [&] { return show(shown); });
  }
  std::uint32_t key(const Value& key) {
    return keys_.number(key, [&] { return key.to_string(); });
  }
  std::uint32_t error(Symbol error) {
    return errors_.number(error.id(), [&] { return printable(error.name()); });
  }

  void invoke(const Op& op, std::uint32_t position) {
    OperationTable::Row row;
    row.start = std::max(op.time, table_.rows.empty() ? 0 : table_.rows.back().start);
    row.position = position;
    row.line = lines_.empty() ? position + 2 : lines_[position];
    row.process = processes_.number(op.process, [&] { return std::to_string(op.process); });
    row.function = functions_.number(op.f.id(), [&] { return printable(op.f.name()); });
    row.key = key(op.key);
    row.argument = value(op.value, op.f);
    open_[op.process] = static_cast<std::uint32_t>(table_.rows.size());
    table_.rows.push_back(row);
  }

  void complete(const Op& op) {
    const auto open = open_.find(op.process);
    if (open == open_.end()) return;
    OperationTable::Row& row = table_.rows[open->second];
    row.end = std::max(op.time, row.start);
    row.outcome = op.type;
    row.error = error(op.error);
    if (op.type == OpType::ok) row.result = value(op.value, op.f);
    open_.erase(open);
  }

  void finish() {
    table_.processes = processes_.take();
    table_.functions = functions_.take();
    table_.keys = keys_.take();
    table_.values = values_.take();
    table_.errors = errors_.take();
    const auto processes = sort_names(processes_.things(), table_.processes, 0);
    const auto keys = sort_names(keys_.things(), table_.keys, 1);
    for (OperationTable::Row& row : table_.rows) {
      row.process = processes[row.process];
      row.key = keys[row.key];
    }
  }

  std::span<const std::uint32_t> lines_;
  OperationTable table_;
  Names<Process> processes_;
  Names<std::uint16_t> functions_;
  Names<Value> keys_;
  Names<Shown> values_;
  Names<std::uint16_t> errors_;
  boost::unordered_flat_map<Process, std::uint32_t> open_;
};

}  // namespace

std::size_t OperationTable::row_at(std::size_t position) const {
  const auto row =
      std::lower_bound(rows.begin(), rows.end(), position,
                       [](const Row& a, std::size_t wanted) { return a.position < wanted; });
  if (row == rows.end() || row->position != position) return rows.size();
  return static_cast<std::size_t>(row - rows.begin());
}

OperationTable read_operations(const History& history, std::span<const std::uint32_t> lines) {
  return Reader(lines).read(history);
}

std::string shortened_for_page(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t n = 0; n < kMostCharacters && end < text.size(); ++n) {
    end += std::max<std::size_t>(1, utf8_length(text.substr(end)));
  }
  if (end >= text.size()) return std::string(text);
  return fmt::format("{}… ({} bytes)", text.substr(0, end), text.size());
}

}  // namespace faultline
