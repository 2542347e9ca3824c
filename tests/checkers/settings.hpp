// What the random tests of the checkers have in common: their seed, how many histories they look
// at, and how they show one.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "checkers/models/models.hpp"
#include "harness/core/op.hpp"

namespace faultline {

inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// FAULTLINE_SEED=n repeats, or explores, another stream.
inline std::uint64_t seed() {
  return setting("FAULTLINE_SEED", 20250901);
}

// FAULTLINE_HISTORIES=n looks at more, or fewer, of each model.
inline std::uint64_t histories_per_model(std::uint64_t otherwise) {
  return setting("FAULTLINE_HISTORIES", otherwise);
}

// Every model there is: one that the slow truth does not know fails.
inline std::vector<std::string> names_of_models() {
  std::vector<std::string> all;
  for (const Model& model : all_models()) all.emplace_back(model.name);
  return all;
}

// For the names of parameterized tests, which are words.
inline std::string as_word(std::string name) {
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

// The initial state that random histories of the model begin with.
inline std::string initial_text(const std::string& model) {
  if (model == "multi-register") return "x=0,y=0";
  return std::string(find_model(model)->default_initial);
}

inline std::string print(const History& history) {
  std::string text;
  for (const Op& op : history) text += "  " + to_string(op) + "\n";
  return text;
}

}  // namespace faultline
