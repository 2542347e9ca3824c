#include "nemeses/compose.hpp"

#include <cassert>
#include <map>
#include <stdexcept>

namespace faultline {
namespace {

class Composed final : public Nemesis {
 public:
  explicit Composed(std::vector<std::unique_ptr<Nemesis>> members) : members_(std::move(members)) {
    for (const auto& member : members_) {
      for (const Symbol f : member->functions()) {
        [[maybe_unused]] const bool is_new = by_function_.emplace(f.name(), member.get()).second;
        assert(is_new);
      }
    }
  }

  std::vector<Symbol> functions() const override {
    std::vector<Symbol> all;
    for (const auto& [name, member] : by_function_) all.push_back(Symbol::of(name));
    return all;
  }

  std::optional<Op> propose(Rng& rng) const override {
    if (members_.empty()) return std::nullopt;
    return members_[rng.below(members_.size())]->propose(rng);
  }

  Task<Op> invoke(Op op) override {
    const auto found = by_function_.find(op.f.name());
    if (found == by_function_.end()) {
      throw std::logic_error("no nemesis answers to " + op.f.name());
    }
    return found->second->invoke(std::move(op));
  }

  std::vector<Op> healing() const override {
    std::vector<Op> all;
    for (const auto& member : members_) {
      for (Op& op : member->healing()) all.push_back(std::move(op));
    }
    return all;
  }

 private:
  std::vector<std::unique_ptr<Nemesis>> members_;
  std::map<std::string, Nemesis*> by_function_;
};

}  // namespace

std::unique_ptr<Nemesis> compose_nemeses(std::vector<std::unique_ptr<Nemesis>> members) {
  return std::make_unique<Composed>(std::move(members));
}

}  // namespace faultline
