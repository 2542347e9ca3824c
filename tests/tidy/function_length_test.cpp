#include "tests/tidy/function_length.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace faultline::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::vector<std::pair<std::size_t, std::size_t>> lengths(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (const auto& function : function_lengths(lines)) {
    found.emplace_back(function.first_line, function.lines);
  }
  return found;
}

TEST(FunctionLengths, FreeFunctionsAndMethods) {
  EXPECT_THAT(lengths(R"(#include <x>
namespace a::b {
int one() { return 1; }

int two(int x,
        int y) {  // its declaration counts
  if (x) {
    y();
  } else {
    z();
  }
}

class C final : public D {
 public:
  explicit C(int x)
      : x_(x),
        y_(x) {
    f();
  }
  struct Inner {
    void deep() const {
      g();
    }
  };

 private:
  int x_;
};

template <typename T>
auto three(T t) -> int {
  return each(t, [](int i) {
    return i;
  });
}
}  // namespace a::b
)"),
              ElementsAre(Pair(5, 8), Pair(16, 5), Pair(22, 3), Pair(32, 5)));
}

TEST(FunctionLengths, RawStringsDoNotEndAFunction) {
  EXPECT_THAT(lengths("TEST(A, B) {\n  parse(R\"x(\n}\nint f() {\n)x\");\n}\n"),
              ElementsAre(Pair(1, 6)));
}

}  // namespace
}  // namespace faultline::tidy
