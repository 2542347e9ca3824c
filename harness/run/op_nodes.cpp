#include "harness/run/op_nodes.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace faultline {
namespace {

bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

// "n3": 2. Nothing: it is no node's name.
std::optional<NodeId> node_of(std::string_view name) {
  if (!name.starts_with('n')) return std::nullopt;
  NodeId number = 0;
  const char* end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + 1, end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 1) return std::nullopt;
  return number - 1;
}

// Calls visit(piece) for the names in a text, and for what is between them.
template <class Visit>
void for_each_piece(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const bool name = is_of_name(text.front());
    const auto end = std::ranges::find_if(text, [name](char c) { return is_of_name(c) != name; });
    const auto size = static_cast<std::size_t>(end - text.begin());
    visit(text.substr(0, size));
    text.remove_prefix(size);
  }
}

template <class Visit>
void for_each_node(const Value& value, const Visit& visit) {
  if (value.is_list()) {
    for (const Value& item : value.list()) for_each_node(item, visit);
  }
  if (!value.is_text()) return;
  for_each_piece(value.text(), [&visit](std::string_view piece) {
    if (const auto node = node_of(piece)) visit(*node);
  });
}

// A node, a link, a setting of a node; nothing if one of its nodes has no new name.
std::optional<std::string> renamed_word(std::string_view word, const Renaming& renaming) {
  std::string text;
  bool whole = true;
  for_each_piece(word, [&](std::string_view piece) {
    const auto node = node_of(piece);
    const auto other = node ? renaming(*node) : std::nullopt;
    whole = whole && (!node || other);
    text += other ? node_name(*other) : std::string(piece);
  });
  return whole ? std::optional(text) : std::nullopt;
}

Value renamed_value(const Value& value, const Renaming& renaming) {
  if (value.is_list()) {
    Value::List items = value.list();
    for (Value& item : items) item = renamed_value(item, renaming);
    return Value(std::move(items));
  }
  if (!value.is_text()) return value;
  std::string text;
  std::string_view rest = value.text();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (const auto word = renamed_word(rest.substr(0, end), renaming)) {
      text += (text.empty() ? "" : " ") + *word;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return Value(text);
}

}  // namespace

std::set<NodeId> nodes_named(const Op& op) {
  std::set<NodeId> nodes;
  for_each_node(op.value, [&nodes](NodeId node) { nodes.insert(node); });
  return nodes;
}

std::optional<Op> renamed(Op op, const Renaming& renaming) {
  const bool named = !nodes_named(op).empty();
  op.value = renamed_value(op.value, renaming);
  if (named && nodes_named(op).empty()) return std::nullopt;
  return op;
}

}  // namespace faultline
