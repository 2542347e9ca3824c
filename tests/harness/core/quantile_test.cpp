#include "harness/core/quantile.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace faultline {
namespace {

using Numbers = std::vector<double>;

TEST(Quantile, IsTheNearestRank) {
  std::vector<int> hundred(100);
  std::iota(hundred.begin(), hundred.end(), 1);
  for (const unsigned percent : {1U, 50U, 95U, 99U, 100U}) {
    EXPECT_EQ(quantile(hundred, percent), static_cast<int>(percent));
  }
  EXPECT_EQ(quantile(Numbers{1, 2, 3}, 50), 2);
  EXPECT_EQ(quantile(Numbers{1, 2, 3, 4}, 50), 2);
  EXPECT_EQ(quantile(Numbers{1, 2, 3, 4}, 99), 4);
  EXPECT_EQ(quantile(Numbers{1, 2, 3, 4, 5}, 90), 5);
  EXPECT_EQ(quantile(Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 90), 9);
}

TEST(Quantile, OfOneIsThatOne) {
  for (const unsigned percent : {0U, 1U, 50U, 100U}) EXPECT_EQ(quantile(Numbers{7}, percent), 7);
}

}  // namespace
}  // namespace faultline
