#include "nemeses/cuts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/nemeses/recording.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;

TEST(Cuts, WhatIsCutIsWhatAnyoneCuts) {
  RecordingEnvironment environment{3};
  Cuts cuts(*environment.powers().network);
  cuts.cut("a", {{0, 1}});
  cuts.cut("b", {{kClients, 0}, {0, 1}});
  EXPECT_THAT(environment.take_deeds(), ElementsAre("cut n1>n2", "cut clients>n1 n1>n2"));
  cuts.cut("a", {{1, 2}});
  EXPECT_THAT(environment.take_deeds(), ElementsAre("cut clients>n1 n1>n2 n2>n3"));
  cuts.heal("b");
  cuts.heal("a");
  EXPECT_THAT(environment.take_deeds(), ElementsAre("cut n2>n3", "heal"));
  cuts.heal("a");
  EXPECT_THAT(environment.take_deeds(), ElementsAre("heal")) << "once more does no harm";
}

}  // namespace
}  // namespace faultline
