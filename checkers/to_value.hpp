// to_value: what a C++ program has in its hands, as the Value of an op. Pure; any thread.
//
//   integers, enums      an integer (an unsigned one beyond 2^63 wraps around, one to one)
//   bool                 the text "true" or "false", as the models have it
//   texts                a text
//   optional             what is in it, or nothing; nullopt, nullptr, monostate: nothing
//   pair, tuple          a list, so that two integers are a pair
//   ranges               a list, in the range's order
//
// A type of your own takes part if it converts to Value (`operator Value() const`). Floating point
// is refused: a checker compares values for equality.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <ranges>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "harness/core/value.hpp"

namespace faultline {

namespace detail {

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
concept Absence = std::same_as<T, std::nullopt_t> || std::same_as<T, std::nullptr_t> ||
    std::same_as<T, std::monostate>;

template <class T>
concept TupleLike = requires {
  typename std::tuple_size<T>::type;
};

template <class T>
inline constexpr bool kHasNoValue = false;

}  // namespace detail

template <class T>
Value to_value(const T& from) {
  if constexpr (std::same_as<T, bool>) {
    static const Value yes("true");
    static const Value no("false");
    return from ? yes : no;
  } else if constexpr (std::integral<T>) {
    return Value(static_cast<std::int64_t>(from));
  } else if constexpr (std::is_enum_v<T>) {
    return Value(static_cast<std::int64_t>(from));
  } else if constexpr (detail::Absence<T>) {
    return Value();
  } else if constexpr (detail::kIsOptional<T>) {
    return from ? to_value(*from) : Value();
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return Value(static_cast<std::string_view>(from));
  } else if constexpr (std::convertible_to<const T&, Value>) {
    return from;
  } else if constexpr (detail::TupleLike<T>) {
    const auto list = [](const auto&... items) { return Value::List{to_value(items)...}; };
    return Value(std::apply(list, from));
  } else if constexpr (std::ranges::input_range<const T&>) {
    Value::List items;
    // By name: what vector<bool> hands out is no bool.
    for (const std::ranges::range_value_t<const T&>& item : from) items.push_back(to_value(item));
    return Value(std::move(items));
  } else {
    static_assert(detail::kHasNoValue<T>, "give the type an operator Value() const");
  }
}

}  // namespace faultline
