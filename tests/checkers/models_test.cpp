#include "checkers/models/models.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faultline {
namespace {

Call call(const char* f, Value argument, Value result = {}, Outcome outcome = Outcome::ok) {
  return {Symbol::of(f), std::move(argument), std::move(result), outcome};
}

const Model& model(const char* name) {
  const Model* found = find_model(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

std::optional<Value> step(const Model& model, const Value& state, const Call& call,
                          ModelOptions options = {}) {
  return model.step(state, model.prepare(call, options));
}

Value initial(const Model& model, std::string_view text) {
  const auto value = model.parse_initial(text);
  EXPECT_TRUE(value) << value.error().message;
  return value ? *value : Value("nothing");
}

TEST(Models, AreListedOnceEach) {
  std::vector<std::string_view> names;
  for (const Model& listed : all_models()) {
    names.push_back(listed.name);
    EXPECT_TRUE(listed.parse_initial(listed.default_initial)) << listed.name;
  }
  EXPECT_THAT(names, testing::ElementsAre("register", "cas-register", "multi-register", "kv-append",
                                          "kv", "counter", "set", "mutex", "owner-aware-mutex",
                                          "semaphore", "fifo-queue", "bag", "priority-queue",
                                          "stack", "lossy-register"));
  EXPECT_EQ(find_model("queue"), nullptr);
}

TEST(Models, InitialStates) {
  EXPECT_EQ(initial(model("cas-register"), "nil"), Value());
  EXPECT_EQ(initial(model("cas-register"), "0"), Value(0));
  EXPECT_EQ(initial(model("register"), "-7"), Value(-7));
  EXPECT_EQ(initial(model("register"), "\"a b\""), Value("a b"));
  EXPECT_EQ(initial(model("kv-append"), "empty"), Value(""));
  EXPECT_EQ(initial(model("mutex"), "free"), Value(0));
  EXPECT_EQ(initial(model("multi-register"), "y=nil,x=0"),
            Value(Value::List{Value::List{"x", 0}, Value::List{"y", Value()}}));
  EXPECT_EQ(initial(model("kv"), "absent"), Value());
  EXPECT_EQ(initial(model("owner-aware-mutex"), "free"), Value());
  EXPECT_EQ(initial(model("owner-aware-mutex"), "3"), Value(3));
  EXPECT_EQ(initial(model("semaphore"), "5"), Value(5, 5));
  EXPECT_EQ(initial(model("fifo-queue"), "2,1,2"), Value(Value::List{2, 1, 2}));
  EXPECT_EQ(initial(model("priority-queue"), "2,1,2"), Value(Value::List{1, 2, 2}));
  EXPECT_EQ(initial(model("set"), "2,1,2"), Value(1, 2));
  EXPECT_EQ(initial(model("bag"), "2,1,2"), Value(Value::List{Value::List{0, 1, 2, 2}}));
  EXPECT_EQ(initial(model("stack"), "empty"), Value(Value::List()));
  for (const auto& [name, text] : {std::pair{"cas-register", "nill"},
                                   {"counter", "nil"},
                                   {"semaphore", "0"},
                                   {"owner-aware-mutex", "nil"},
                                   {"stack", "1,,2"},
                                   {"set", "1,nil"},
                                   {"mutex", "0"},
                                   {"kv-append", "3"},
                                   {"multi-register", "x"},
                                   {"multi-register", "x=1,=2"}}) {
    const auto value = model(name).parse_initial(text);
    ASSERT_FALSE(value) << name << " " << text;
    EXPECT_THAT(value.error().message, testing::HasSubstr("expected"));
  }
}

TEST(Models, CasRegister) {
  const Model& m = model("cas-register");
  EXPECT_EQ(step(m, Value(1), call("read", {}, 1)), Value(1));
  EXPECT_EQ(step(m, Value(1), call("read", {}, 2)), std::nullopt);
  EXPECT_EQ(step(m, Value(), call("read", {}, {})), Value());
  EXPECT_EQ(step(m, Value(1), call("write", 5)), Value(5));
  EXPECT_EQ(step(m, Value(1), call("cas", Value(1, 2))), Value(2));
  EXPECT_EQ(step(m, Value(3), call("cas", Value(1, 2))), std::nullopt);
  EXPECT_EQ(step(m, Value(3), call("cas", Value(1, 2), {}, Outcome::mismatch)), Value(3));
  EXPECT_EQ(step(m, Value(1), call("cas", Value(1, 2), {}, Outcome::mismatch)), std::nullopt);
}

TEST(Models, AReadOfNilSaysNothingIfSoAgreed) {
  const Model& m = model("cas-register");
  EXPECT_EQ(step(m, Value(1), call("read", {}, {})), std::nullopt);
  EXPECT_EQ(step(m, Value(1), call("read", {}, {}), {.nil_read_unconstrained = true}), Value(1));
  EXPECT_EQ(step(m, Value(1), call("read", {}, 2), {.nil_read_unconstrained = true}), std::nullopt);
  const Model& multi = model("multi-register");
  const Value zero = initial(multi, "x=0,y=0");
  const Call reads = call("txn", {}, Value::List{Value::List{"read", "x", Value()}});
  EXPECT_EQ(step(multi, zero, reads), std::nullopt);
  EXPECT_EQ(step(multi, zero, reads, {.nil_read_unconstrained = true}), zero);
}

TEST(Models, OnlyWhatChangesNothingInEveryStateIsPure) {
  const Model& m = model("cas-register");
  EXPECT_TRUE(m.pure(m.prepare(call("read", {}, 1), {})));
  EXPECT_TRUE(m.pure(m.prepare(call("cas", Value(1, 2), {}, Outcome::mismatch), {})));
  EXPECT_TRUE(m.pure(m.prepare(call("cas", Value(1, 1)), {})));
  EXPECT_FALSE(m.pure(m.prepare(call("cas", Value(1, 2)), {})));
  EXPECT_FALSE(m.pure(m.prepare(call("write", 1), {})));
  EXPECT_FALSE(model("mutex").pure(call("acquire", {})));
  EXPECT_TRUE(model("kv-append").pure(call("get", {}, "a")));
  EXPECT_FALSE(model("kv-append").pure(call("put", "a")));
}

TEST(Models, CrashedCallsEqualCompletedOnesOfTheSameEffect) {
  const Model& m = model("cas-register");
  EXPECT_EQ(m.prepare(call("write", 1, {}, Outcome::unknown), {}),
            m.prepare(call("write", 1, 1), {}));
  EXPECT_EQ(m.prepare(call("cas", Value(1, 2), {}, Outcome::unknown), {}),
            m.prepare(call("cas", Value(1, 2), Value(1, 2)), {}));
}

TEST(Models, Mutex) {
  const Model& m = model("mutex");
  EXPECT_EQ(step(m, Value(0), call("acquire", {})), Value(1));
  EXPECT_EQ(step(m, Value(1), call("acquire", {})), std::nullopt);
  EXPECT_EQ(step(m, Value(1), call("release", {})), Value(0));
  EXPECT_EQ(step(m, Value(0), call("release", {})), std::nullopt);
}

TEST(Models, KvAppend) {
  const Model& m = model("kv-append");
  EXPECT_EQ(step(m, Value("a"), call("append", "b")), Value("ab"));
  EXPECT_EQ(step(m, Value("a"), call("put", "b")), Value("b"));
  EXPECT_EQ(step(m, Value("ab"), call("get", {}, "ab")), Value("ab"));
  EXPECT_EQ(step(m, Value("ab"), call("get", {}, "a")), std::nullopt);
  EXPECT_EQ(step(m, Value(""), call("get", {}, {})), Value(""));
  EXPECT_TRUE(m.validate(call("put", 3)));
}

TEST(Models, MultiRegister) {
  const Model& m = model("multi-register");
  const Value zero = initial(m, "x=0,y=0");
  const Value::List actions = {Value::List{"read", "x", 0}, Value::List{"write", "y", 2},
                               Value::List{"read", "y", 2}};
  EXPECT_EQ(step(m, zero, call("txn", {}, actions)), initial(m, "x=0,y=2"));
  EXPECT_EQ(step(m, initial(m, "x=1"), call("txn", {}, actions)), std::nullopt);
  // Of a crashed one the writes are known, the reads are not.
  const Value asked = Value::List{Value::List{"r", "x", Value()}, Value::List{"w", "z", 1}};
  EXPECT_EQ(step(m, zero, call("txn", asked, {}, Outcome::unknown)), initial(m, "x=0,y=0,z=1"));
  EXPECT_TRUE(m.validate(call("txn", {}, Value::List{Value::List{"append", "x", 1}})));
  EXPECT_TRUE(m.validate(call("txn", {}, 3)));
}

TEST(Models, Kv) {
  const Model& m = model("kv");
  EXPECT_EQ(step(m, Value(), call("put", 3)), Value(3));
  EXPECT_EQ(step(m, Value(3), call("get", {}, 3)), Value(3));
  EXPECT_EQ(step(m, Value(3), call("get", {}, {})), std::nullopt);
  EXPECT_EQ(step(m, Value(3), call("delete", {})), Value());
  EXPECT_EQ(step(m, Value(), call("get", {}, {})), Value());
  EXPECT_EQ(step(m, Value(), call("append", "a")), Value("a"));
  EXPECT_EQ(step(m, Value("a"), call("append", "b")), Value("ab"));
  EXPECT_EQ(step(m, Value(3), call("append", "b")), std::nullopt);
  EXPECT_EQ(step(m, Value("a"), call("cas", Value::List{"a", "b"})), Value("b"));
  EXPECT_EQ(step(m, Value(), call("cas", Value::List{Value(), 1})), Value(1));
  EXPECT_EQ(step(m, Value(2), call("cas", Value(1, 2))), std::nullopt);
  EXPECT_EQ(step(m, Value(2), call("cas", Value(1, 2), {}, Outcome::mismatch)), Value(2));
  EXPECT_TRUE(m.per_key);
  EXPECT_TRUE(m.validate(call("append", 3)));
  EXPECT_TRUE(m.validate(call("cas", 3)));
}

TEST(Models, Counter) {
  const Model& m = model("counter");
  EXPECT_EQ(step(m, Value(1), call("add", 5)), Value(6));
  EXPECT_EQ(step(m, Value(1), call("add", -5, {}, Outcome::unknown)), Value(-4));
  EXPECT_EQ(step(m, Value(1), call("increment", {})), Value(2));
  EXPECT_EQ(step(m, Value(1), call("decrement", {})), Value(0));
  EXPECT_EQ(step(m, Value(1), call("read", {}, 1)), Value(1));
  EXPECT_EQ(step(m, Value(1), call("read", {}, 2)), std::nullopt);
  EXPECT_EQ(step(m, Value(INT64_MAX), call("increment", {})), Value(INT64_MIN));
  EXPECT_EQ(m.prepare(call("increment", {}), {}), m.prepare(call("add", 1, 1), {}));
  EXPECT_TRUE(m.validate(call("add", "a")));
  EXPECT_TRUE(m.validate(call("read", {}, Value(1, 2))));
}

TEST(Models, Set) {
  const Model& m = model("set");
  const Value one = initial(m, "1");
  EXPECT_EQ(step(m, one, call("add", 0)), Value(0, 1));
  EXPECT_EQ(step(m, one, call("add", 1)), one);
  EXPECT_EQ(step(m, one, call("add", 1, "true")), std::nullopt);
  EXPECT_EQ(step(m, one, call("add", 1, "false")), one);
  EXPECT_EQ(step(m, one, call("remove", 1, "true")), initial(m, "empty"));
  EXPECT_EQ(step(m, one, call("remove", 1, "false")), std::nullopt);
  EXPECT_EQ(step(m, one, call("remove", 2)), one);
  EXPECT_EQ(step(m, one, call("contains", 1, "true")), one);
  EXPECT_EQ(step(m, one, call("contains", 2, "true")), std::nullopt);
  EXPECT_EQ(step(m, Value(1, 2), call("read", {}, Value(Value::List{2, 1, 2}))), Value(1, 2));
  EXPECT_EQ(step(m, Value(1, 2), call("read", {}, one)), std::nullopt);
  EXPECT_EQ(step(m, initial(m, "empty"), call("read", {}, {})), initial(m, "empty"));
  EXPECT_TRUE(m.validate(call("read", {}, 3)));
  EXPECT_TRUE(m.validate(call("contains", 3, 3)));
  EXPECT_TRUE(m.validate(call("add", {})));
}

TEST(Models, OnlyTheOwnerReleases) {
  const Model& m = model("owner-aware-mutex");
  EXPECT_TRUE(m.by_process);
  EXPECT_EQ(step(m, Value(), call("acquire", 1)), Value(1));
  EXPECT_EQ(step(m, Value(2), call("acquire", 1)), std::nullopt);
  EXPECT_EQ(step(m, Value(1), call("acquire", 1)), std::nullopt);
  EXPECT_EQ(step(m, Value(1), call("release", 1)), Value());
  EXPECT_EQ(step(m, Value(2), call("release", 1)), std::nullopt);
  EXPECT_EQ(step(m, Value(), call("release", 1)), std::nullopt);
}

TEST(Models, Semaphore) {
  const Model& m = model("semaphore");
  EXPECT_EQ(step(m, Value(3, 3), call("acquire", {})), Value(2, 3));
  EXPECT_EQ(step(m, Value(3, 3), call("acquire", 3)), Value(0, 3));
  EXPECT_EQ(step(m, Value(2, 3), call("acquire", 3)), std::nullopt);
  EXPECT_EQ(step(m, Value(1, 3), call("release", 2)), Value(3, 3));
  EXPECT_EQ(step(m, Value(2, 3), call("release", 2)), std::nullopt);
  EXPECT_TRUE(m.validate(call("acquire", 0)));
}

TEST(Models, QueuesAndStacks) {
  for (const auto& [name, in, out, first, rest] :
       {std::tuple{"fifo-queue", "enqueue", "dequeue", 3, "1,2"},
        {"stack", "push", "pop", 2, "3,1"},
        {"priority-queue", "enqueue", "dequeue", 1, "2,3"}}) {
    SCOPED_TRACE(name);
    const Model& m = model(name);
    const Value empty = initial(m, "empty");
    Value state = empty;
    for (int item : {3, 1, 2}) state = *step(m, state, call(in, item));
    EXPECT_EQ(step(m, state, call("peek", {}, first)), state);
    EXPECT_EQ(step(m, state, call("peek", {}, {})), std::nullopt);
    EXPECT_EQ(step(m, state, call(out, {}, first)), initial(m, rest));
    EXPECT_EQ(step(m, state, call(out, {}, {}, Outcome::unknown)), initial(m, rest));
    EXPECT_EQ(step(m, state, call(out, {}, first % 3 + 1)), std::nullopt);
    EXPECT_EQ(step(m, state, call(out, {}, {})), std::nullopt);
    EXPECT_EQ(step(m, empty, call(out, {}, {})), empty);
    EXPECT_EQ(step(m, empty, call(out, {}, first)), std::nullopt);
    EXPECT_TRUE(m.validate(call(in, {})));
  }
}

TEST(Models, BagForgetsWhichItemACrashedDequeueTook) {
  const Model& m = model("bag");
  const Value full = initial(m, "1,2,3");
  EXPECT_EQ(step(m, full, call("dequeue", {}, 2)), initial(m, "1,3"));
  EXPECT_EQ(step(m, full, call("dequeue", {}, 4)), std::nullopt);
  EXPECT_EQ(step(m, full, call("dequeue", {}, {})), std::nullopt);
  const Value short_of_one = *step(m, full, call("dequeue", {}, {}, Outcome::unknown));
  EXPECT_EQ(m.show_state(short_of_one), "[1 2 3] without 1");
  EXPECT_EQ(step(m, short_of_one, call("read", {}, Value(3, 1))), initial(m, "1,3"));
  EXPECT_EQ(step(m, short_of_one, call("read", {}, Value(Value::List{1, 2, 3}))), std::nullopt);
  // What comes later was not what it took.
  const Value later = *step(m, *step(m, short_of_one, call("enqueue", 4)), call("dequeue", {}, 3));
  EXPECT_EQ(m.show_state(later), "[1 2] without 1 [4]");
  EXPECT_EQ(step(m, later, call("read", {}, Value(1, 2))), std::nullopt);
  EXPECT_EQ(step(m, later, call("read", {}, Value(4, 1))), initial(m, "1,4"));
  // One of two is left, and nobody knows which; after it nothing is.
  const Value one = *step(m, short_of_one, call("dequeue", {}, 3));
  EXPECT_TRUE(step(m, one, call("dequeue", {}, 1)));
  EXPECT_EQ(step(m, one, call("dequeue", {}, 2)), initial(m, "empty"));
  EXPECT_EQ(step(m, one, call("dequeue", {}, {})), std::nullopt);
}

TEST(Models, LossyRegister) {
  const Model& m = model("lossy-register");
  const Value start = initial(m, "0");
  EXPECT_EQ(m.show_state(start), "0");
  const Value written = *step(m, start, call("write", 1));
  EXPECT_EQ(m.show_state(written), "0|1");
  EXPECT_EQ(step(m, written, call("write", 1)), written);
  EXPECT_EQ(step(m, written, call("read", {}, 0)), start);
  EXPECT_EQ(step(m, written, call("read", {}, 1)), initial(m, "1"));
  EXPECT_EQ(step(m, written, call("read", {}, 2)), std::nullopt);
  EXPECT_FALSE(m.pure(m.prepare(call("read", {}, 0), {}))) << "it rules out 1";
}

TEST(Shorten, CutsBetweenCharacters) {
  EXPECT_EQ(shorten("abcdefghij", 10), "abcdefghij");
  EXPECT_EQ(shorten("abcdefghijk", 9), "abc...ijk");
  EXPECT_EQ(shorten("ab\u00e9\u00e9\u00e9\u00e9\u00e9yz", 9), "ab...yz");
}

}  // namespace
}  // namespace faultline
