#include "nemeses/grudge.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace faultline {
namespace {

std::vector<Nodes> split_at(const Nodes& nodes, int count) {
  const auto middle = nodes.begin() + count;
  return {Nodes(nodes.begin(), middle), Nodes(middle, nodes.end())};
}

int size_of(const Nodes& nodes) {
  return static_cast<int>(nodes.size());
}
int largest_minority(const Nodes& nodes) {
  return size_of(nodes) - majority(size_of(nodes));
}

Result<NodeId> parse_node(const std::string& name, int size) {
  for (NodeId node = 0; node < size; ++node) {
    if (node_name(node) == name) return node;
  }
  return Error{"'" + name + "' is no node: expected n1 to " + node_name(size - 1)};
}

}  // namespace

Nodes all_nodes(int size) {
  Nodes nodes(static_cast<std::size_t>(size));
  std::iota(nodes.begin(), nodes.end(), 0);
  return nodes;
}

int majority(int size) {
  return size / 2 + 1;
}

std::string node_names(const Nodes& nodes) {
  std::string text;
  for (const NodeId node : nodes) text += (text.empty() ? "" : " ") + node_name(node);
  return text;
}

Result<Nodes> parse_nodes(const std::string& text, int size) {
  Nodes nodes;
  std::istringstream words(text);
  for (std::string name; words >> name;) {
    const auto node = parse_node(name, size);
    if (!node) return node.error();
    nodes.push_back(*node);
  }
  return nodes;
}

Grudge components(const std::vector<Nodes>& parts) {
  Grudge grudge;
  for (std::size_t a = 0; a < parts.size(); ++a) {
    for (std::size_t b = 0; b < parts.size(); ++b) {
      if (a == b) continue;
      for (const NodeId from : parts[a]) {
        for (const NodeId to : parts[b]) grudge.emplace_back(from, to);
      }
    }
  }
  return grudge;
}

Grudge isolate_one(const Nodes& nodes) {
  return components(split_at(nodes, std::min(1, size_of(nodes))));
}

Grudge minority(const Nodes& nodes) {
  return components(split_at(nodes, largest_minority(nodes)));
}

Grudge halves(const Nodes& nodes) {
  return components(split_at(nodes, size_of(nodes) / 2));
}

Grudge majorities_ring(const Nodes& nodes) {
  const int n = size_of(nodes);
  const int reach = majority(n) / 2;  // neighbours on each side: with itself at least a majority
  Grudge grudge;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      const int apart = std::abs(i - j);
      if (std::min(apart, n - apart) > reach) {
        grudge.emplace_back(nodes[static_cast<std::size_t>(i)], nodes[static_cast<std::size_t>(j)]);
      }
    }
  }
  return grudge;
}

Grudge bridge(const Nodes& nodes) {
  if (nodes.size() < 3) return {};
  return halves(Nodes(nodes.begin() + 1, nodes.end()));
}

Grudge one_way(const Nodes& nodes) {
  const auto parts = split_at(nodes, largest_minority(nodes));
  Grudge grudge;
  for (const NodeId from : parts[0]) {
    for (const NodeId to : parts[1]) grudge.emplace_back(from, to);
  }
  return grudge;
}

std::string describe(const Grudge& grudge) {
  Grudge links = grudge;
  std::sort(links.begin(), links.end());
  links.erase(std::unique(links.begin(), links.end()), links.end());
  std::string text;
  for (const auto& [from, to] : links) {
    text += (text.empty() ? "" : " ") + node_name(from) + ">" + node_name(to);
  }
  return text;
}

Result<Grudge> parse_grudge(const std::string& text, int size) {
  Grudge grudge;
  std::istringstream words(text);
  for (std::string link; words >> link;) {
    const auto arrow = link.find('>');
    if (arrow == std::string::npos) {
      return Error{"'" + link + "' is no link: expected two nodes, as in n1>n2"};
    }
    const auto from = parse_node(link.substr(0, arrow), size);
    if (!from) return from.error();
    const auto to = parse_node(link.substr(arrow + 1), size);
    if (!to) return to.error();
    grudge.emplace_back(*from, *to);
  }
  return grudge;
}

}  // namespace faultline
