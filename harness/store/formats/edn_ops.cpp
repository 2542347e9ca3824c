#include "harness/store/formats/edn_ops.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "harness/core/utf8.hpp"
#include "harness/store/formats/edn_encode.hpp"
#include "harness/store/formats/op_words.hpp"
#include "harness/store/formats/symbol_cache.hpp"

namespace faultline::formats {
namespace {

constexpr const char* kExpectedOp =
    "expected an op, a map such as {:process 0, :type :invoke, :f :read, :value nil}";

// A keyword, string or symbol as a word; nothing of anything else.
std::string word_of(const Edn& edn) {
  switch (edn.kind) {
    case Edn::Kind::keyword: return std::string(edn.keyword());
    case Edn::Kind::string: return edn.text();
    case Edn::Kind::symbol: return std::string(edn.source);
    default: return {};
  }
}

// Reads one map after the other into ops, and keeps what they were in the file.
class OpReader {
 public:
  explicit OpReader(const Source& source) : source_(source) {}

  // Reads `form` into op(); false: see error().
  bool read(const Edn& form, Op& op) {
    const Edn& map = form.untagged();
    if (map.kind != Edn::Kind::map) {
      return fail(map, fmt::format("{}, found {}", kExpectedOp, excerpt(map.source)));
    }
    seen_ = 0;
    op = Op{};
    op.process = 0;
    index_.reset();
    for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
      if (!field(map.items[i], map.items[i + 1].untagged(), op)) return false;
    }
    if ((seen_ & (1U << kType)) != 0) return true;
    return fail(map, "expected a :type (:invoke, :ok, :fail or :info) in this op");
  }

  std::optional<std::int64_t> index() const { return index_; }
  bool nil_is_absent() const { return nil_is_absent_; }  // said in any op
  const std::set<std::string, std::less<>>& unknown() const { return unknown_; }
  const Fault& fault() const { return fault_; }

  bool fail(const Edn& where, std::string what) {
    fault_ = {static_cast<std::size_t>(where.source.data() - source_.text().data()),
              std::move(what)};
    return false;
  }

 private:
  enum Field : unsigned { kType, kProcess, kF, kValue, kKey, kTime, kError, kIndex, kNilRead };
  static constexpr std::string_view kNames[] = {"type", "process", "f",     "value",    "key",
                                                "time", "error",   "index", kNilReadKey};

  bool field(const Edn& name, const Edn& value, Op& op) {
    const auto known = std::find(std::begin(kNames), std::end(kNames), name.keyword());
    if (known == std::end(kNames)) {
      if (unknown_.size() < 100) unknown_.insert(excerpt(name.source));
      return true;
    }
    const auto which = static_cast<Field>(known - std::begin(kNames));
    if ((seen_ & (1U << which)) != 0) {
      return fail(name,
                  fmt::format("expected one {} in an op, found a second", excerpt(name.source)));
    }
    seen_ |= 1U << which;
    switch (which) {
      case kType: return type(value, op);
      case kProcess: return process(value, op);
      case kF: return function(value, op);
      case kValue: op.value = value.value(); return true;
      case kKey: op.key = value.value(); return true;
      case kTime: return number(value, ":time, nanoseconds as an integer", op.time);
      case kError: op.error = error_symbol(value); return true;
      case kIndex: return number(value, ":index, an integer", index_.emplace());
      case kNilRead: nil_is_absent_ |= value.keyword() == kNilReadAbsent; return true;
    }
    return true;
  }

  bool type(const Edn& value, Op& op) {
    const std::optional<OpType> known = op_type(word_of(value));
    if (!known) {
      return fail(value, fmt::format("expected the :type :invoke, :ok, :fail or :info, found {}",
                                     excerpt(value.source)));
    }
    op.type = *known;
    return true;
  }

  bool process(const Edn& value, Op& op) {
    if (value.kind == Edn::Kind::nil) return true;
    if (const auto number = value.integer()) {
      if (const auto id = process_id(*number)) {
        op.process = *id;
        return true;
      }
    }
    if (word_of(value) == "nemesis") {
      op.process = kNemesis;
      return true;
    }
    return fail(value, fmt::format("expected a :process, an integer from 0 to 2147483647 or "
                                   ":nemesis, found {}",
                                   excerpt(value.source)));
  }

  bool function(const Edn& value, Op& op) {
    if (value.kind == Edn::Kind::nil) return true;
    const std::string word = word_of(value);
    if (word.empty()) {
      return fail(value, fmt::format("expected an :f, a keyword such as :read, found {}",
                                     excerpt(value.source)));
    }
    op.f = symbols_.of(word);
    return true;
  }

  bool number(const Edn& value, const char* expected, std::int64_t& out) {
    out = 0;
    if (value.kind == Edn::Kind::nil) return true;
    const auto number = value.integer();
    if (!number) {
      return fail(value, fmt::format("expected a {}, found {}", expected, excerpt(value.source)));
    }
    out = *number;
    return true;
  }

  const Source& source_;
  SymbolCache symbols_;
  unsigned seen_ = 0;
  std::optional<std::int64_t> index_;
  bool nil_is_absent_ = false;
  std::set<std::string, std::less<>> unknown_;
  Fault fault_;
};

// The line of one place after the other.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : at_(text.data()) {}
  std::uint32_t at(const char* place) {
    line_ += static_cast<std::uint32_t>(std::count(at_, place, '\n'));
    at_ = place;
    return line_;
  }

 private:
  const char* at_;
  std::uint32_t line_ = 1;
};

// Puts ops into the order of their indices. False, with `twice` set, if an index occurs twice: two
// histories in one file, which must not be shuffled into each other.
bool sort_by_index(RecordedHistory& history, const std::vector<std::int64_t>& indices,
                   std::int64_t& twice) {
  std::vector<std::size_t> order(history.ops.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto before = [&](std::size_t a, std::size_t b) { return indices[a] < indices[b]; };
  if (!std::is_sorted(order.begin(), order.end(), before)) {
    std::stable_sort(order.begin(), order.end(), before);
    History ops;
    std::vector<std::uint32_t> lines;
    ops.reserve(order.size());
    lines.reserve(order.size());
    for (const std::size_t i : order) {
      ops.push_back(std::move(history.ops[i]));
      lines.push_back(history.lines[i]);
    }
    history.ops = std::move(ops);
    history.lines = std::move(lines);
  }
  const auto same =
      std::adjacent_find(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return indices[a] == indices[b]; });
  if (same == order.end()) return true;
  twice = indices[*same];
  return false;
}

Result<void> finish(const Source& source, const OpReader& reader,
                    const std::vector<std::int64_t>& indices, RecordedHistory& history) {
  if (!indices.empty() && indices.size() == history.ops.size()) {
    std::int64_t twice = 0;
    if (!sort_by_index(history, indices, twice)) {
      return Error{
          fmt::format("{}: expected each :index once, found {} twice: is it two histories?",
                      source.name(), twice)};
    }
  } else if (!indices.empty()) {
    history.notes.push_back(
        fmt::format("{} of {} ops have an :index, so the order of the file was taken",
                    indices.size(), history.ops.size()));
  }
  if (!reader.unknown().empty()) {
    history.notes.push_back(
        fmt::format("keys that were not used: {}", fmt::join(reader.unknown(), " ")));
  }
  history.nil_read_unconstrained = !reader.nil_is_absent();
  return {};
}

}  // namespace

const Edn* find_keyword(const Edn& map, std::string_view name) {
  if (map.kind != Edn::Kind::map) return nullptr;
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
    if (map.items[i].keyword() == name) return &map.items[i + 1];
  }
  return nullptr;
}

Symbol error_symbol(std::string_view text) {
  constexpr std::size_t kMost = 200;
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text.substr(at)), 1);
    if (line.size() + length > kMost) break;
    if (static_cast<unsigned char>(text[at]) <= ' ') {
      if (!line.empty() && line.back() != ' ') line += ' ';
    } else {
      line.append(text.substr(at, length));
    }
    at += length;
  }
  if (line.ends_with(' ')) line.pop_back();
  return Symbol::of(line);
}

Symbol error_symbol(const Edn& error) {
  if (error.kind == Edn::Kind::nil) return {};
  const std::string word = word_of(error);
  return error_symbol(word.empty() ? error.source : std::string_view(word));
}

Result<RecordedHistory> read_edn_ops(const Source& source, OpRule rule) {
  RecordedHistory history;
  EdnReader edn(source.text());
  const bool sequence = edn.enter();
  OpReader reader(source);
  LineCounter lines(source.text());
  // Most files have an op a line. No op is shorter than a few words, however many lines are empty.
  const auto lines_there = static_cast<std::size_t>(std::ranges::count(source.text(), '\n'));
  const std::size_t expected_ops = std::min(lines_there + 1, source.text().size() / 16);
  history.ops.reserve(expected_ops);
  history.lines.reserve(expected_ops);
  std::vector<std::int64_t> indices;
  Edn form;
  Op op;
  EdnReader::Outcome outcome = edn.next(form);
  for (; outcome == EdnReader::Outcome::form; outcome = edn.next(form)) {
    bool good = reader.read(form, op);
    if (good && rule != nullptr) {
      const std::string expected = rule(op);
      if (!expected.empty()) good = reader.fail(form, expected);
    }
    if (!good) return source.error(reader.fault().offset, reader.fault().what);
    if (reader.index()) indices.push_back(*reader.index());
    history.ops.push_back(std::move(op));
    history.lines.push_back(lines.at(form.source.data()));
  }
  if (outcome == EdnReader::Outcome::fault || (sequence && !edn.leave())) {
    return source.error(edn.fault().offset, edn.fault().what);
  }
  if (sequence && edn.next(form) != EdnReader::Outcome::end) {
    return source.error(edn.at(), "expected nothing after the list of ops");
  }
  const Result<void> finished = finish(source, reader, indices, history);
  if (!finished) return finished.error();
  return history;
}

}  // namespace faultline::formats
