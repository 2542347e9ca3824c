// Finding: one thing that this machine can or cannot do, as `faultline doctor` says it. A value.
#pragma once

#include <string>

namespace faultline::local {

struct Finding {
  std::string name;  // "TUN"
  bool works = false;
  std::string detail;   // one line; if it does not work: why
  std::string remedy;   // if it does not work: exactly what to do
  bool needed = false;  // by --env local or a target; the rest is better to have
};

// Of an error of ours, which says "what is wrong; what to do". What to do `otherwise`, if it does
// not say that. Without a name.
Finding not_possible(const std::string& message, const std::string& otherwise);

}  // namespace faultline::local
