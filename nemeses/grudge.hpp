// Grudges: the shapes of network partitions, as pure functions from nodes to the directed links to
// cut (or to impair). The order of `nodes` decides who ends up where: shuffle it for chance.
// Applying a grudge is another matter (NetworkPower); after Jepsen's jepsen.nemesis.
#pragma once

#include <string>
#include <vector>

#include "harness/core/environment.hpp"

namespace faultline {

using Nodes = std::vector<NodeId>;

Nodes all_nodes(int size);                   // 0 .. size-1
int majority(int size);                      // the least number of nodes that is more than half
std::string node_names(const Nodes& nodes);  // "n1 n3"
// Reads what node_names() wrote, for nodes 0 .. size-1. Error: names what is no node.
Result<Nodes> parse_nodes(const std::string& text, int size);

// No message passes between nodes of different components, either way.
Grudge components(const std::vector<Nodes>& parts);

Grudge isolate_one(const Nodes& nodes);  // the first node | all others
Grudge minority(const Nodes& nodes);     // the largest minority | the rest
Grudge halves(const Nodes& nodes);       // split in the middle, the smaller half first
// Every node sees a majority, but no two see the same one: each talks only to its neighbours on
// the ring that `nodes` makes.
Grudge majorities_ring(const Nodes& nodes);
// Two halves which share only the first node; that one sees everybody.
Grudge bridge(const Nodes& nodes);
// The largest minority is not heard by the rest, but hears it.
Grudge one_way(const Nodes& nodes);

Grudge all_links(const Nodes& nodes);    // every node with every other
Grudge links_out(const Nodes& nodes);    // from the first node to all others
Grudge links_in(const Nodes& nodes);     // from all others to the first node
Grudge single_link(const Nodes& nodes);  // from the first node to the second
Grudge pair(const Nodes& nodes);         // between the first node and the second, both ways

// Between the clients and nodes: to the nodes go requests, from them answers.
Grudge clients_of_one(const Nodes& nodes);       // the first node: both
Grudge clients_of_minority(const Nodes& nodes);  // the largest minority: both
Grudge clients_of_majority(const Nodes& nodes);  // the least majority: both
Grudge requests_to_minority(const Nodes& nodes);
Grudge answers_of_one(const Nodes& nodes);
Grudge answers_of_majority(const Nodes& nodes);

// The order of `size` nodes in which `first` is in front, the others as they come.
Nodes with_first(NodeId first, int size);

// The exact links, for the history: "clients>n1 n1>n2 n1>n3"; sorted, each once.
std::string describe(const Grudge& grudge);
// Reads what describe() wrote, for nodes 0 .. size-1. Error: names the part it cannot read.
Result<Grudge> parse_grudge(const std::string& text, int size);

}  // namespace faultline
