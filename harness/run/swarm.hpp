// Swarm testing: each run has its own mix of faults, load and size of cluster, drawn from its seed.
// A mix that has everything in it keeps a system from the states that a part of it would reach (no
// log grows long while nodes are killed every second), so many different mixes find more than the
// best single one: Groce, Zhang, Eide, Chen, Regehr: Swarm Testing, ISSTA 2012. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "harness/run/plan.hpp"

namespace faultline {

// What there is to draw from for a target in an environment.
struct Pool {
  struct Nemesis {
    std::string name;
    int percent = 50;  // of the runs that have it
  };
  std::vector<Nemesis> nemeses;                    // that can be used there
  std::vector<std::vector<std::string>> settings;  // of each setting that may be drawn, all choices
};

// `plan` with its fields `given`, and the defaults of that environment and seed in all others. With
// swarm (the default in sim) defaults are drawn, each from a stream of its own: to give one field
// changes no other, except that the number of processes fits how many work on a key.
TestPlan default_plan(const TestPlan& plan, const Fields& given, const Pool& pool);

// The fields that must be given, besides the seed, to have this plan: what equals the default is
// left out.
Fields unusual_fields(const TestPlan& plan, const Pool& pool);

}  // namespace faultline
