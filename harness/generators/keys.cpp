#include <fmt/format.h>

#include <numeric>
#include <stdexcept>

#include "harness/generators/generators.hpp"
#include "harness/generators/groups.hpp"
#include "harness/generators/shared_array.hpp"

namespace faultline::gen {
namespace {

// Where keys come from, and what to do with one.
struct Source {
  Keys keys;
  MakeForKey make;
};

// What is done with a key. If there were no more keys, `gen` is null.
struct KeyWork {
  Value key;
  Gen gen;
};

KeyWork take(const Source& source, std::int64_t& next_key) {
  if (auto key = source.keys(next_key)) {
    ++next_key;
    Gen gen = source.make(*key);
    return {std::move(*key), std::move(gen)};
  }
  return {};
}

// Asks for the next op of `work`, taking new keys as long as theirs give nothing. What is left to
// do is in `work`; on an op also in the answer's rest.
Next ask(const Source& source, KeyWork& work, std::int64_t& next_key, const Context& context) {
  constexpr int kTooMany = 10'000;
  for (int empty = 0;; ++empty) {
    Next n = next(work.gen, context);
    if (n.kind == Next::Kind::op) n.op.key = work.key;
    if (n.kind == Next::Kind::pending) work.gen = n.rest;
    if (n.kind != Next::Kind::done) return n;
    const std::int64_t before = next_key;
    work = take(source, next_key);
    if (next_key == before) return n;  // no key left
    if (empty > kTooMany) {
      throw std::logic_error(
          fmt::format("{} keys in a row whose generator gives no op, up to key {}: its maker must "
                      "return one that does",
                      empty, work.key.to_string()));
    }
  }
}

class SequentialKeys final : public Generator {
 public:
  SequentialKeys(std::shared_ptr<const Source> source, std::int64_t next_key, KeyWork work)
      : source_(std::move(source)), next_key_(next_key), work_(std::move(work)) {}

  Next next(const Gen& self, const Context& context) const override {
    std::int64_t next_key = next_key_;
    KeyWork work = work_;
    Next n = ask(*source_, work, next_key, context);
    if (n.kind == Next::Kind::done) return n;
    const bool same = n.rest == work_.gen && next_key == next_key_;
    work.gen = std::move(n.rest);
    n.rest = same ? self : std::make_shared<SequentialKeys>(source_, next_key, std::move(work));
    return n;
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    Gen gen = faultline::update(work_.gen, context, event);
    if (gen == work_.gen) return self;
    return std::make_shared<SequentialKeys>(source_, next_key_, KeyWork{work_.key, std::move(gen)});
  }

 private:
  std::shared_ptr<const Source> source_;
  std::int64_t next_key_;
  KeyWork work_;
};

class ConcurrentKeys final : public Generator {
 public:
  using Slots = SharedArray<KeyWork>;
  ConcurrentKeys(int threads_per_key, std::shared_ptr<const Source> source)
      : threads_per_key_(threads_per_key), source_(std::move(source)) {}

  Next next(const Gen& self, const Context& context) const override {
    if (!groups_) {
      const auto begun = begin(context);
      return begun->next(begun, context);
    }
    Slots slots = slots_;
    std::int64_t next_key = next_key_;
    bool changed = false;
    auto ask_group = [&](std::size_t group, const Context& its_context) {
      KeyWork work = slots_[group];
      const std::int64_t before = next_key;
      Next n = ask(*source_, work, next_key, its_context);
      if (next_key != before || work.gen != slots_[group].gen) {
        slots.set(group, std::move(work));
        changed = true;
      }
      return n;
    };
    Soonest soonest = ask_groups(*groups_, context, ask_group);
    if (soonest.has_op()) {
      Next n = std::move(soonest.best());
      const KeyWork& work = slots[soonest.index()];
      if (n.rest != work.gen) {
        slots.set(soonest.index(), {work.key, std::move(n.rest)});
        changed = true;
      }
      n.rest = changed ? with(std::move(slots), next_key) : self;
      return n;
    }
    if (!soonest.is_pending() && is_over(slots, next_key)) return Next::finished();
    return Next::wait(changed ? with(std::move(slots), next_key) : self, soonest.wake());
  }

  Gen update(const Gen& self, const Context& context, const Op& event) const override {
    if (!groups_) return self;
    const std::size_t group = groups_->of_thread(context.thread_of(event.process));
    if (group == Groups::kNoGroup) return self;
    const KeyWork& work = slots_[group];
    const Context its_context = context.restricted_to(groups_->members(group));
    Gen updated = faultline::update(work.gen, its_context, event);
    if (updated == work.gen) return self;
    Slots slots = slots_;
    slots.set(group, {work.key, std::move(updated)});
    return with(std::move(slots), next_key_);
  }

 private:
  std::shared_ptr<const ConcurrentKeys> begin(const Context& context) const {
    const int threads = context.all().count();
    if (auto checked = check_key_groups(threads, threads_per_key_); !checked) {
      throw std::invalid_argument(checked.error().message);
    }
    auto begun = std::make_shared<ConcurrentKeys>(*this);
    auto groups = std::make_shared<Groups>(context);
    std::vector<int> members;
    context.all().for_each([&](int thread) {
      members.push_back(thread);
      if (static_cast<int>(members.size()) < threads_per_key_) return;
      groups->add(members);
      members.clear();
    });
    begun->slots_ = Slots(groups->size(), KeyWork{});
    for (std::size_t i = 0; i < groups->size(); ++i) {
      begun->slots_.set(i, take(*source_, begun->next_key_));
    }
    begun->groups_ = std::move(groups);
    return begun;
  }

  Gen with(Slots slots, std::int64_t next_key) const {
    auto copy = std::make_shared<ConcurrentKeys>(*this);
    copy->slots_ = std::move(slots);
    copy->next_key_ = next_key;
    return copy;
  }

  // A busy group is not asked, but while there are keys it will find work.
  bool is_over(const Slots& slots, std::int64_t next_key) const {
    if (source_->keys(next_key)) return false;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (slots[i].gen) return false;
    }
    return true;
  }

  int threads_per_key_;
  std::shared_ptr<const Source> source_;
  std::shared_ptr<const Groups> groups_;  // null before the first ask
  Slots slots_;
  std::int64_t next_key_ = 0;
};

}  // namespace

Keys integer_keys(std::int64_t first) {
  return [first](std::int64_t i) -> std::optional<Value> { return Value(first + i); };
}

Keys listed_keys(std::vector<Value> keys) {
  return [keys = std::move(keys)](std::int64_t i) -> std::optional<Value> {
    const auto at = static_cast<std::size_t>(i);
    return at < keys.size() ? std::optional(keys[at]) : std::nullopt;
  };
}

Gen sequential_keys(Keys keys, MakeForKey make) {
  auto source = std::make_shared<const Source>(Source{std::move(keys), std::move(make)});
  return std::make_shared<SequentialKeys>(std::move(source), 0, KeyWork{});
}

Gen concurrent_keys(int threads_per_key, Keys keys, MakeForKey make) {
  auto source = std::make_shared<const Source>(Source{std::move(keys), std::move(make)});
  return clients(std::make_shared<ConcurrentKeys>(threads_per_key, std::move(source)));
}

Result<void> check_key_groups(int concurrency, int threads_per_key) {
  if (threads_per_key <= 0) {
    return Error{fmt::format("{} threads per key: expected at least 1", threads_per_key)};
  }
  if (concurrency > 0 && concurrency % threads_per_key == 0) return {};
  const int whole = concurrency / threads_per_key * threads_per_key;
  const int above = whole + threads_per_key;
  const std::string advice =
      whole > 0 ? fmt::format("{} or {}", whole, above) : fmt::format("{}", above);
  return Error{
      fmt::format("{} client threads cannot be divided into groups of {} threads per key: "
                  "use a concurrency of {}",
                  concurrency, threads_per_key, advice)};
}

}  // namespace faultline::gen
