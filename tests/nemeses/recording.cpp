#include "tests/nemeses/recording.hpp"

#include "nemeses/grudge.hpp"

namespace faultline {

RecordingEnvironment::RecordingEnvironment(int nodes) : inner_(noop_environment(nodes)) {}

void RecordingEnvironment::cut(const Grudge& links) {
  deeds_.push_back("cut " + describe(links));
}

void RecordingEnvironment::impair(const Links& links, const LinkFault& fault) {
  deeds_.push_back("impair " + describe(links) + ": " + describe(fault));
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
