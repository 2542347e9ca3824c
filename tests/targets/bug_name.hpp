// bug_name: a bug as a part of the name of a test, where no hyphens may be. A pure function.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "targets/bug.hpp"

namespace faultline {

template <class Flags>
std::string bug_name(const testing::TestParamInfo<BugOf<Flags>>& bug) {
  std::string name(bug.param.name);
  std::erase(name, '-');
  return name;
}

}  // namespace faultline
