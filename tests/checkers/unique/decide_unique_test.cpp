// Histories that each decider would get wrong if one thing were left out of it. That all of them
// agree with brute force is for unique_property_test.
#include "checkers/unique/decide_unique.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "checkers/linearizability/decide.hpp"
#include "checkers/models/models.hpp"
#include "tests/checkers/history_builder.hpp"

namespace faultline {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

ObjectHistory read(const char* model, const History& history, const Value& initial = Value()) {
  return *read_object(history, split_by_key(history)->front(), *find_model(model), initial, {});
}

std::optional<UniqueDecision> decided(const char* model, const History& history,
                                      const Value& initial = Value()) {
  return decide_unique(read(model, history, initial), *find_model(model));
}

// Positions of the invocations of a conflict.
std::vector<std::uint32_t> conflict(const char* model, const History& history) {
  const ObjectHistory object = read(model, history);
  const auto found = decide_unique(object, *find_model(model));
  std::vector<std::uint32_t> positions;
  if (!found || found->valid) return positions;
  for (std::uint32_t op : found->ops) positions.push_back(object.ops[op].invoked);
  return positions;
}

bool valid(const char* model, const History& history, const Value& initial = Value()) {
  const auto found = decided(model, history, initial);
  EXPECT_TRUE(found);
  return found && found->valid;
}

TEST(DecideUnique, IsAskedBeforeTheSearchUnlessASearchIsAskedFor) {
  const History history = HistoryBuilder().done(0, "enqueue", 1).done(0, "dequeue", 1);
  const ObjectHistory object = read("fifo-queue", history);
  const Model& model = *find_model("fifo-queue");
  EXPECT_EQ(decide(object, model).search, "unique values");
  SearchOptions options;
  options.strategy = Strategy::depth_first;
  EXPECT_EQ(decide(object, model, {}, options).search, "depth-first");
  options = {};
  options.reductions.unique_values = false;
  EXPECT_NE(decide(object, model, {}, options).search, "unique values");
}

TEST(DecideUnique, LeavesToTheSearchWhatIsNotUnique) {
  EXPECT_FALSE(decided("fifo-queue", HistoryBuilder().done(0, "enqueue", 1).done(0, "enqueue", 1)));
  const History again = HistoryBuilder().done(0, "push", 1);
  EXPECT_FALSE(decided("stack", again, Value(Value::List{1})));
  EXPECT_FALSE(decided("set", HistoryBuilder().done(0, "add", 1).done(0, "add", 1)));
  EXPECT_FALSE(decided("set", HistoryBuilder().done(0, "read", Value::List{})));
  EXPECT_FALSE(decided("bag", HistoryBuilder().done(0, "enqueue", 1)));
  EXPECT_FALSE(decided("cas-register", HistoryBuilder().done(0, "write", 1)));
}

TEST(DecideUnique, AnItemAddedTwiceIsNotCalledOneRemovedTwice) {
  EXPECT_FALSE(decided("fifo-queue", HistoryBuilder()
                                         .done(0, "enqueue", 1)
                                         .done(0, "dequeue", 1)
                                         .done(0, "dequeue", 1)
                                         .done(0, "enqueue", 1)));
}

TEST(DecideUnique, ACompletedRemoveOfNobodyKnowsWhatIsLeftToTheSearch) {
  ObjectHistory object =
      read("fifo-queue", HistoryBuilder().done(0, "enqueue", 1).done(0, "dequeue", 1));
  object.calls[1].outcome = Outcome::unknown;
  EXPECT_FALSE(decide_unique(object, *find_model("fifo-queue")));
}

// Where a history is cut an op may be open of which it is known what it would have returned.
TEST(DecideUnique, AnOpenSightNeedNotHaveHappened) {
  const History history =
      HistoryBuilder().done(0, "enqueue", 1).done(0, "dequeue", 1).done(0, "peek", 1);
  ObjectHistory object = read("fifo-queue", history);
  const Model& model = *find_model("fifo-queue");
  const auto as_recorded = decide_unique(object, model);
  ASSERT_TRUE(as_recorded);
  EXPECT_FALSE(as_recorded->valid);
  object.ops[2].returned = ObjectHistory::kNever;
  const auto open = decide_unique(object, model);
  ASSERT_TRUE(open);
  EXPECT_TRUE(open->valid);
  object.ops[1].returned = ObjectHistory::kNever;
  EXPECT_FALSE(decide_unique(object, model));
}

TEST(DecideUnique, ACrashedAddThatWasObservedHappenedBefore) {
  HistoryBuilder history;
  history.invoke(0, "enqueue", 1).info(0, "enqueue", 1).done(1, "enqueue", 2);
  EXPECT_TRUE(valid("fifo-queue", HistoryBuilder(history).done(1, "dequeue", 2)));
  EXPECT_TRUE(
      valid("fifo-queue", HistoryBuilder(history).done(1, "peek", 1).done(1, "dequeue", 1)));
  EXPECT_FALSE(valid("fifo-queue", HistoryBuilder(history).done(1, "dequeue", 1).done(1, "peek")));
}

TEST(DecideQueue, ThreeItemsMayBeInACircleOfWhichNoTwoAre) {
  // c was added before a; a left before b was last seen, and b was seen before c left.
  HistoryBuilder history;
  history.invoke(3, "dequeue").invoke(0, "enqueue", "c").invoke(1, "enqueue", "b");
  history.ok(0, "enqueue", "c").done(0, "enqueue", "a").ok(1, "enqueue", "b");
  history.done(0, "peek", "b").invoke(1, "dequeue").ok(3, "dequeue", "a");
  history.done(0, "dequeue", "b").ok(1, "dequeue", "c");
  EXPECT_THAT(conflict("fifo-queue", history), SizeIs(7));
}

TEST(DecideQueue, NothingIsFoundOnlyWhereNothingIs) {
  // One after the other, four items are certainly there while the last dequeue is open.
  HistoryBuilder history;
  history.done(0, "enqueue", 0).invoke(9, "dequeue");
  for (int item = 1; item < 4; ++item) {
    history.done(0, "enqueue", item).done(0, "dequeue", item - 1);
  }
  EXPECT_TRUE(valid("fifo-queue", HistoryBuilder(history).done(0, "dequeue", 3).ok(9, "dequeue")));
  history.ok(9, "dequeue");
  EXPECT_THAT(conflict("fifo-queue", history), SizeIs(8));
}

TEST(DecideQueue, CrashedDequeuesTakeTheOldestItems) {
  HistoryBuilder history;
  history.invoke(1, "dequeue").info(1, "dequeue");
  history.done(0, "enqueue", 1).done(0, "enqueue", 2).done(0, "enqueue", 3);
  EXPECT_TRUE(valid("fifo-queue", HistoryBuilder(history).done(0, "dequeue", 2)));
  // There are two to be taken, and one that may have.
  EXPECT_THAT(conflict("fifo-queue", HistoryBuilder(history).done(0, "dequeue", 3)),
              ElementsAre(0, 2, 4, 6, 8));
}

TEST(DecideQueue, WhatWasRemovedGoesBeforeWhatStays) {
  // The last two crashed dequeues may have removed 4 and 5, though they need not; if so, these come
  // before 3, which was added earlier but need not have been.
  HistoryBuilder history;
  for (const Process process : {1, 2, 3})
    history.invoke(process, "dequeue").info(process, "dequeue");
  history.done(0, "enqueue", 1).done(0, "enqueue", 2).done(0, "dequeue", 2);
  history.invoke(4, "enqueue", 3).done(0, "enqueue", 4).done(0, "enqueue", 5);
  history.ok(4, "enqueue", 3);
  const auto found = decided("fifo-queue", history);
  ASSERT_TRUE(found && found->valid);
  const auto place = [&](std::uint32_t op) {
    return std::find(found->ops.begin(), found->ops.end(), op) - found->ops.begin();
  };
  if (place(2) < std::ssize(found->ops)) {
    EXPECT_LT(place(8), place(6));
  }
}

TEST(DecideStack, WhatIsOnTopHidesWhatIsBelow) {
  HistoryBuilder history;
  history.done(0, "push", 1).done(0, "push", 2);
  EXPECT_TRUE(valid("stack", HistoryBuilder(history).done(0, "pop", 2).done(0, "pop", 1)));
  EXPECT_FALSE(valid("stack", HistoryBuilder(history).done(0, "pop", 1).done(0, "pop", 2)));
  EXPECT_FALSE(valid("stack", HistoryBuilder(history).done(0, "peek", 1).done(0, "pop", 2)));
}

TEST(DecideStack, TwoBottomsOfAPartOfWhichOneWasSeen) {
  // Both pushes are open when the first returns, but the second is done when 1 was seen last.
  HistoryBuilder history;
  history.invoke(1, "push", 1).invoke(0, "push", 2).ok(1, "push", 1).invoke(1, "peek");
  history.ok(0, "push", 2).ok(1, "peek", 1);
  const ObjectHistory object = read("stack", history);
  const auto found = decide_unique(object, *find_model("stack"));
  ASSERT_TRUE(found && found->valid);
  ASSERT_THAT(found->ops, SizeIs(3));
  // 1 is on top when it is seen.
  const bool below = found->ops.front() == 1;
  EXPECT_THAT(found->ops, below ? ElementsAre(1, 0, 2) : ElementsAre(0, 2, 1));
}

TEST(DecideStack, ASightWaitsForTheItemsThatHideIt) {
  // 1 can be seen only between 2 and 3, which is known when both were found to be above it.
  HistoryBuilder history;
  history.done(0, "push", 1).done(0, "push", 2).invoke(1, "peek").done(0, "pop", 2);
  history.done(0, "push", 3).ok(1, "peek", 1);
  EXPECT_TRUE(valid("stack", HistoryBuilder(history).done(0, "pop", 3).done(0, "pop", 1)));
  HistoryBuilder hidden;
  hidden.done(0, "push", 1).done(0, "push", 2).invoke(1, "peek").done(0, "push", 3);
  hidden.done(0, "pop", 3).ok(1, "peek", 1).done(0, "pop", 2).done(0, "pop", 1);
  EXPECT_THAT(conflict("stack", hidden), ElementsAre(0, 2, 4, 10, 12));
}

TEST(DecideStack, ACrashedPopTookWhatHadToBeGone) {
  HistoryBuilder history;
  history.done(0, "push", 1).done(0, "push", 2);
  EXPECT_FALSE(valid("stack", HistoryBuilder(history).done(0, "pop", 1)));
  history.invoke(1, "pop").info(1, "pop");
  EXPECT_TRUE(valid("stack", HistoryBuilder(history).done(0, "pop", 1)));
  // There is one such pop, for two items.
  history.done(0, "push", 3);
  EXPECT_THAT(conflict("stack", HistoryBuilder(history).done(0, "pop", 1)),
              ElementsAre(0, 2, 4, 6, 8));
}

TEST(DecideStack, EarlyCrashedPopsAreKeptForThoseWhoNeedThem) {
  // 2 must be gone when 1 is popped, 4 when 3 is: the first crashed pop is for 2.
  HistoryBuilder history;
  history.done(0, "push", 3).done(0, "push", 4).done(0, "push", 1).done(0, "push", 2);
  history.invoke(1, "pop").info(1, "pop").done(0, "pop", 1);
  EXPECT_FALSE(valid("stack", HistoryBuilder(history).done(0, "pop", 3)));
  history.invoke(2, "pop").info(2, "pop");
  EXPECT_TRUE(valid("stack", HistoryBuilder(history).done(0, "pop", 3)));
}

TEST(DecidePriorityQueue, WhatIsSmallerIsInTheWay) {
  HistoryBuilder history;
  history.done(0, "enqueue", 2).done(0, "enqueue", 1);
  EXPECT_TRUE(valid("priority-queue", HistoryBuilder(history).done(0, "dequeue", 1)));
  EXPECT_THAT(conflict("priority-queue", HistoryBuilder(history).done(0, "dequeue", 2)),
              ElementsAre(0, 2, 4));
}

TEST(DecidePriorityQueue, TheRemoveComesAfterAllSights) {
  // 2 can only be removed before 1 was certainly there, and only be seen after 1 was removed.
  HistoryBuilder history;
  history.invoke(3, "enqueue", 2).invoke(0, "enqueue", 1).invoke(2, "dequeue");
  history.ok(0, "enqueue", 1).invoke(1, "peek").ok(2, "dequeue", 2).ok(3, "enqueue", 2);
  history.invoke(3, "dequeue").ok(1, "peek", 2).ok(3, "dequeue", 1);
  EXPECT_THAT(conflict("priority-queue", history), SizeIs(5));
}

TEST(DecidePriorityQueue, HowLongAnItemIsThereDependsOnSmallerOnes) {
  // 3 cannot be seen before 2 leaves, 2 cannot leave before 1 does.
  HistoryBuilder history;
  history.done(0, "enqueue", 3).done(0, "enqueue", 2).invoke(2, "peek").done(0, "enqueue", 1);
  history.invoke(1, "dequeue").ok(2, "peek", 3).done(0, "dequeue", 1).ok(1, "dequeue", 2);
  EXPECT_THAT(conflict("priority-queue", history), SizeIs(6));
}

TEST(DecideSet, AnElementIsThereAsLateAndAsBrieflyAsCanBe) {
  // Not there for one client, there for the other, and not there again, while both are open.
  HistoryBuilder history;
  history.invoke(0, "add", 1).invoke(1, "remove", 1);
  history.invoke(2, "contains", 1).ok(2, "contains", "false");
  history.invoke(2, "contains", 1).ok(2, "contains", "true");
  history.invoke(2, "contains", 1).ok(2, "contains", "false");
  EXPECT_TRUE(valid("set", HistoryBuilder(history).ok(0, "add", "true").ok(1, "remove", "true")));
  history.invoke(2, "contains", 1).ok(2, "contains", "true");
  EXPECT_FALSE(valid("set", HistoryBuilder(history).ok(0, "add", "true").ok(1, "remove", "true")));
}

TEST(DecideSet, ARemoveThatDoesNotTellIsTriedBothWays) {
  HistoryBuilder history;
  history.invoke(0, "remove", 1).ok(0, "remove");
  history.done(1, "add", 1);
  EXPECT_TRUE(
      valid("set", HistoryBuilder(history).invoke(1, "contains", 1).ok(1, "contains", "true")));
  EXPECT_FALSE(
      valid("set", HistoryBuilder(history).invoke(1, "contains", 1).ok(1, "contains", "false")));
  history.invoke(0, "remove", 1).info(0, "remove");
  EXPECT_TRUE(
      valid("set", HistoryBuilder(history).invoke(1, "contains", 1).ok(1, "contains", "false")));
}

}  // namespace
}  // namespace faultline
