#include "harness/core/value.hpp"

#include <algorithm>

#include "harness/core/utf8.hpp"

namespace faultline {
namespace {

std::uint64_t mix(std::uint64_t seed, std::uint64_t x) {
  x += seed + 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

void append(std::string& out, const Value& v) {
  if (v.is_nothing()) {
    out += "nil";
  } else if (v.is_integer()) {
    out += std::to_string(v.integer());
  } else if (v.is_text()) {
    out += '"';
    std::size_t at = 0;
    while (at < v.text().size()) {
      const std::size_t plain = std::min(v.text().find_first_of("\"\\", at), v.text().size());
      out += printable(std::string_view(v.text()).substr(at, plain - at));
      if (plain < v.text().size()) {
        out += '\\';
        out += v.text()[plain];
      }
      at = plain + 1;
    }
    out += '"';
  } else {
    out += '[';
    const char* separator = "";
    for (const Value& item : v.items()) {
      out += separator;
      append(out, item);
      separator = " ";
    }
    out += ']';
  }
}

}  // namespace

Value::Value(List items) {
  if (items.size() == 2 && items[0].is_integer() && items[1].is_integer()) {
    data_ = Pair{items[0].integer(), items[1].integer()};
  } else {
    data_ = std::make_shared<const List>(std::move(items));
  }
}

Value::List Value::items() const {
  if (is_nothing()) return {};
  if (is_pair()) return {Value(pair().first), Value(pair().second)};
  if (is_list()) return list();
  return {*this};
}

std::string Value::to_string() const {
  std::string out;
  append(out, *this);
  return out;
}

std::size_t Value::hash() const {
  std::uint64_t h = mix(0, data_.index());
  if (is_integer()) {
    h = mix(h, static_cast<std::uint64_t>(integer()));
  } else if (is_pair()) {
    h = mix(h, static_cast<std::uint64_t>(pair().first));
    h = mix(h, static_cast<std::uint64_t>(pair().second));
  } else if (is_list()) {
    for (const Value& item : list()) h = mix(h, item.hash());
  } else if (is_text()) {
    h = mix(h, std::hash<std::string>{}(text()));
  }
  return h;
}

bool operator==(const Value& a, const Value& b) {
  if (a.data_.index() != b.data_.index()) return false;
  if (a.is_list()) {
    return std::get<3>(a.data_) == std::get<3>(b.data_) || a.list() == b.list();
  }
  if (a.is_text()) {
    return std::get<4>(a.data_) == std::get<4>(b.data_) || a.text() == b.text();
  }
  return a.data_ == b.data_;
}

std::strong_ordering operator<=>(const Value& a, const Value& b) {
  if (a.data_.index() != b.data_.index()) return a.data_.index() <=> b.data_.index();
  if (a.is_integer()) return a.integer() <=> b.integer();
  if (a.is_pair()) return a.pair() <=> b.pair();
  if (a.is_text()) return a.text().compare(b.text()) <=> 0;
  if (a.is_list()) {
    return std::lexicographical_compare_three_way(a.list().begin(), a.list().end(),
                                                  b.list().begin(), b.list().end());
  }
  return std::strong_ordering::equal;
}

}  // namespace faultline
