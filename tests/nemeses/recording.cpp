#include "tests/nemeses/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nemeses/grudge.hpp"

namespace faultline {

RecordingEnvironment::RecordingEnvironment(int nodes) : inner_(noop_environment(nodes)) {}

void RecordingEnvironment::cut(const Grudge& links) {
  deeds_.push_back("cut " + describe(links));
}

void RecordingEnvironment::impair(const Links& links, const LinkFault& fault) {
  deeds_.push_back("impair " + describe(links) + ": " + describe(fault));
}

void expect_turns(RecordingEnvironment& environment, Nemesis& nemesis, Symbol strike, Symbol cure,
                  const std::string& cured) {
  Rng rng(7);
  for (int round = 0; round < 50; ++round) {
    const auto proposed = nemesis.propose(rng);
    ASSERT_TRUE(proposed);
    ASSERT_EQ(proposed->f, strike);
    EXPECT_THAT(environment.take_deeds(), testing::IsEmpty()) << "proposing changes nothing";
    EXPECT_THAT(nemesis.healing(), testing::IsEmpty());
    carry_out(environment, nemesis, *proposed);
    auto next = nemesis.propose(rng);
    for (; next && next->f == strike; next = nemesis.propose(rng)) {
      carry_out(environment, nemesis, *next);
    }
    ASSERT_TRUE(next);
    ASSERT_EQ(next->f, cure);
    EXPECT_THAT(nemesis.healing(), testing::ElementsAre(*next));
    environment.take_deeds();
    carry_out(environment, nemesis, *next);
    EXPECT_THAT(environment.take_deeds(), testing::ElementsAre(cured));
  }
}

void expect_nothing_without_leader(RecordingEnvironment& environment, Nemesis& nemesis, Op op) {
  const Symbol strike = op.f;
  const Op done = carry_out(environment, nemesis, std::move(op));
  EXPECT_EQ(done.type, OpType::info);
  EXPECT_EQ(done.error.name(), "no leader known");
  EXPECT_THAT(environment.take_deeds(), testing::IsEmpty());
  EXPECT_THAT(nemesis.healing(), testing::IsEmpty());
  Rng rng(7);
  EXPECT_EQ(nemesis.propose(rng)->f, strike);
}

Op carry_out(Environment& environment, Nemesis& nemesis, Op op) {
  op.process = kNemesis;
  Op done;
  const auto main = [](Nemesis& who, Op what, Op& result) -> Task<> {
    result = co_await who.invoke(std::move(what));
  };
  environment.run(main(nemesis, std::move(op), done));
  return done;
}

}  // namespace faultline
