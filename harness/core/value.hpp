// Value: what an op carries: nothing, an integer, a pair of integers, a list, or text.
// 24 bytes, immutable, cheap to copy (lists and texts are shared), totally ordered, hashable.
// A list of exactly two integers *is* a pair, so that equality does not depend on how it was made.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace faultline {

class Value {
 public:
  struct Pair {
    std::int64_t first;
    std::int64_t second;
    friend auto operator<=>(const Pair&, const Pair&) = default;
  };
  using List = std::vector<Value>;

  Value() = default;  // nothing: nil, null, absent
  Value(std::int64_t number) : data_(number) {}
  Value(int number) : data_(std::int64_t{number}) {}
  Value(std::int64_t first, std::int64_t second) : data_(Pair{first, second}) {}
  Value(std::string_view text) : data_(std::make_shared<const std::string>(text)) {}
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(List items);

  bool is_nothing() const { return data_.index() == 0; }
  bool is_integer() const { return data_.index() == 1; }
  bool is_pair() const { return data_.index() == 2; }
  bool is_list() const { return data_.index() == 3; }
  bool is_text() const { return data_.index() == 4; }

  // Each of these asserts that the value is of its kind.
  std::int64_t integer() const { return std::get<1>(data_); }
  const Pair& pair() const { return std::get<2>(data_); }
  const List& list() const { return *std::get<3>(data_); }
  const std::string& text() const { return *std::get<4>(data_); }

  // A pair or a list as a list; anything else as a list of itself alone; nothing as an empty one.
  List items() const;

  // For people, as EDN: nil, 3, [1 2], "text" in quotes. No control character and no invalid UTF-8
  // comes out raw (see utf8.hpp), so it may be shown on a terminal. For files see harness/store.
  std::string to_string() const;

  std::size_t hash() const;
  friend bool operator==(const Value& a, const Value& b);
  friend std::strong_ordering operator<=>(const Value& a, const Value& b);

 private:
  using ListPtr = std::shared_ptr<const List>;
  using TextPtr = std::shared_ptr<const std::string>;
  std::variant<std::monostate, std::int64_t, Pair, ListPtr, TextPtr> data_;
};

inline std::size_t hash_value(const Value& v) {
  return v.hash();
}  // for boost::hash

}  // namespace faultline
