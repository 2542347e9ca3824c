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

Grudge reversed(Grudge grudge) {
  for (auto& [from, to] : grudge) std::swap(from, to);
  return grudge;
}

// From the clients to the first `count` nodes.
Grudge requests_to(const Nodes& nodes, int count) {
  Grudge grudge;
  const auto parts = split_at(nodes, count);
  for (const NodeId node : parts[0]) grudge.emplace_back(kClients, node);
  return grudge;
}
Grudge answers_of(const Nodes& nodes, int count) {
  return reversed(requests_to(nodes, count));
}
Grudge clients_of(const Nodes& nodes, int count) {
  return components({{kClients}, split_at(nodes, count)[0]});
}

Result<NodeId> parse_node(const std::string& name, int size) {
  for (NodeId node = 0; node < size; ++node) {
    if (node_name(node) == name) return node;
  }
  return Error{"'" + name + "' is no node: expected n1 to " + node_name(size - 1)};
}

Result<NodeId> parse_end(const std::string& name, int size) {
  if (name == node_name(kClients)) return kClients;
  const auto node = parse_node(name, size);
  if (!node) return Error{node.error().message + ", or clients"};
  return node;
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

Grudge all_links(const Nodes& nodes) {
  std::vector<Nodes> each_alone;
  for (const NodeId node : nodes) each_alone.push_back({node});
  return components(each_alone);
}

Grudge links_out(const Nodes& nodes) {
  Grudge grudge;
  for (std::size_t i = 1; i < nodes.size(); ++i) grudge.emplace_back(nodes.front(), nodes[i]);
  return grudge;
}

Grudge links_in(const Nodes& nodes) {
  return reversed(links_out(nodes));
}

Grudge single_link(const Nodes& nodes) {
  if (nodes.size() < 2) return {};
  return {{nodes[0], nodes[1]}};
}

Grudge pair(const Nodes& nodes) {
  if (nodes.size() < 2) return {};
  return components({{nodes[0]}, {nodes[1]}});
}

Grudge clients_of_one(const Nodes& nodes) {
  return clients_of(nodes, 1);
}
Grudge clients_of_minority(const Nodes& nodes) {
  return clients_of(nodes, largest_minority(nodes));
}
Grudge clients_of_majority(const Nodes& nodes) {
  return clients_of(nodes, majority(size_of(nodes)));
}
Grudge requests_to_minority(const Nodes& nodes) {
  return requests_to(nodes, largest_minority(nodes));
}
Grudge answers_of_one(const Nodes& nodes) {
  return answers_of(nodes, 1);
}
Grudge answers_of_majority(const Nodes& nodes) {
  return answers_of(nodes, majority(size_of(nodes)));
}

Nodes with_first(NodeId first, int size) {
  Nodes nodes = all_nodes(size);
  std::swap(nodes.front(), nodes[static_cast<std::size_t>(first)]);
  return nodes;
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
      return Error{"'" + link + "' is no link: expected two ends, as in n1>n2 or clients>n1"};
    }
    const auto from = parse_end(link.substr(0, arrow), size);
    if (!from) return from.error();
    const auto to = parse_end(link.substr(arrow + 1), size);
    if (!to) return to.error();
    if (*from == *to) return Error{"'" + link + "' is no link: its ends are the same"};
    grudge.emplace_back(*from, *to);
  }
  return grudge;
}

}  // namespace faultline
