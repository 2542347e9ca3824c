// Refutation: looks for a part of a history that is not linearizable whatever came before it. The
// searches of the whole history can only tell so when they have been through everything before, and
// in every way; a part of a few hundred ops is soon done. One thread.
//
// The part is a view around the place where a search is stuck, relaxed as relaxation.hpp says; if
// that is linearizable, or takes too long, a wider one is tried. It never says valid.
#pragma once

#include <memory>

#include "checkers/linearizability/depth_first.hpp"
#include "checkers/linearizability/relaxation.hpp"

namespace faultline {

// Ops on either side of the place in question, in the first part that is looked at.
inline constexpr std::uint32_t kFirstReach = 32;

// The part of the object's history up to `reach` ops before and after `op`.
View view_around(const ObjectHistory& object, std::uint32_t op, std::uint32_t reach);

class Refutation final : public Search {
 public:
  // Of the history of `problem`, where `search` is stuck. All must outlive it.
  Refutation(const Problem& problem, const Model& model, const Search& search,
             const Reductions& reductions);
  ~Refutation() override;

  // False if no part of such a history can stand on its own, or if it is such a part.
  static bool is_possible(const ObjectHistory& object) {
    return object.has_rules() && !object.freedom;
  }

  void watch(const Search& search) { search_ = &search; }  // instead

  Progress advance(std::uint64_t steps) override;
  const Obstacle& obstacle() const override { return obstacle_; }
  Trace trace() const override { return {}; }
  std::uint64_t visited() const override;
  std::size_t memory_bytes() const override;

  const View& view() const { return view_; }  // that was refuted

 private:
  struct Attempt;

  void begin_next();

  const Problem& problem_;
  const Model& model_;
  const Search* search_;
  const Reductions reductions_;
  View view_;
  std::uint32_t reach_ = 0;
  std::uint64_t allowance_ = 0;  // of steps for one attempt
  std::uint64_t spent_ = 0;      // in this one
  std::uint64_t visited_ = 0;    // in those before
  std::unique_ptr<Attempt> attempt_;
  Obstacle obstacle_;
};

}  // namespace faultline
