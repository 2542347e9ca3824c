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
  EXPECT_THAT(names, testing::ElementsAre("register", "cas-register", "multi-register", "mutex",
                                          "kv-append"));
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
  for (const auto& [name, text] : {std::pair{"cas-register", "nill"},
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

// What pure() claims, tried on every pair of a few states and calls.
TEST(Models, PurityHoldsInEveryStateTried) {
  const Model& m = model("cas-register");
  for (int a = 0; a < 3; ++a) {
    for (int b = 0; b < 3; ++b) {
      for (const Call& raw : {call("read", {}, a), call("write", a), call("cas", Value(a, b)),
                              call("cas", Value(a, b), {}, Outcome::mismatch)}) {
        const Call prepared = m.prepare(raw, {});
        bool changes = false;
        for (const Value& state : {Value(), Value(0), Value(1), Value(2)}) {
          const auto next = m.step(state, prepared);
          changes |= next && *next != state;
        }
        EXPECT_EQ(m.pure(prepared), !changes) << raw.f.name() << " " << raw.argument.to_string();
      }
    }
  }
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

}  // namespace
}  // namespace faultline
