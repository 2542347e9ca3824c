#include "harness/environments/local/channel.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace faultline::local {
namespace {

using testing::HasSubstr;

struct ChannelTest : testing::Test {
  std::pair<Channel, Channel> ends = *Channel::make_pair();
  Channel& here = ends.first;
  Channel& there = ends.second;
};

TEST_F(ChannelTest, CarriesMessagesWholeAndInOrder) {
  ASSERT_TRUE(here.send({{"do", "one"}, {"text", std::string(100'000, 'x')}}));
  ASSERT_TRUE(here.send({{"do", "two"}}));
  EXPECT_EQ(there.receive()->body.at("text").get<std::string>().size(), 100'000U);
  EXPECT_EQ(there.receive()->body.at("do"), "two");
  ASSERT_TRUE(there.send({{"answer", 7}}));
  EXPECT_EQ(here.receive()->body.at("answer"), 7);
}

TEST_F(ChannelTest, CarriesOpenFilesWhichAreTheReceiversFromThenOn) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  FileDescriptor reader(pipe[0]);
  FileDescriptor writer(pipe[1]);
  ASSERT_TRUE(here.send({{"do", "take"}}, {writer.get()}));
  writer.close();
  auto message = there.receive();
  ASSERT_TRUE(message);
  ASSERT_EQ(message->files.size(), 1U);
  const int fd = message->files[0].get();
  EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  ASSERT_EQ(::write(fd, "yes", 3), 3);
  message->files.clear();  // the last writer
  char text[8];
  EXPECT_EQ(::read(reader.get(), text, sizeof text), 3);
  EXPECT_EQ(::read(reader.get(), text, sizeof text), 0);
}

TEST_F(ChannelTest, TellsThatTheOtherEndIsGone) {
  there = Channel(FileDescriptor());
  EXPECT_FALSE(here.send({{"do", "anything"}}));
  EXPECT_THAT(here.receive().error().message, HasSubstr("gone"));
}

TEST_F(ChannelTest, RefusesWhatIsTooLargeAndWhatIsNoMessage) {
  EXPECT_THAT(here.send({{"text", std::string(200'000, 'x')}}).error().message,
              HasSubstr("too large"));
  ASSERT_EQ(::write(here.fd(), "{\"do\":", 6), 6);
  EXPECT_THAT(there.receive().error().message, HasSubstr("no message"));
  ASSERT_EQ(::write(here.fd(), "[1]", 3), 3);
  EXPECT_FALSE(there.receive());
}

TEST_F(ChannelTest, SaysSoWhenThereAreTooManyOpenFiles) {
  ASSERT_TRUE(here.send({{"do", "take"}}, {0, 1, 2}));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit tight{static_cast<rlim_t>(there.fd()) + 1, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  const auto message = there.receive();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(message);
  EXPECT_THAT(message.error().message, HasSubstr("ulimit -n"));
}

}  // namespace
}  // namespace faultline::local
