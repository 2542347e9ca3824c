#include "harness/cli/campaign_cells.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "harness/cli/command_line.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/flag_values.hpp"
#include "harness/cli/registry.hpp"

namespace faultline::cli {
namespace {

using Axis = MatrixOptions::Axis;

constexpr std::string_view kNone = "none";
constexpr std::size_t kMostCells = 10'000;

std::vector<std::string> parse_mixes(const char* flag, const std::string& text) {
  std::vector<std::string> mixes;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(';', begin), text.size());
    std::string mix = text.substr(begin, end - begin);
    if (mix.empty() || std::find(mixes.begin(), mixes.end(), mix) != mixes.end()) {
      refuse(flag, text, "mixes of faults such as partition,kill;pause;none, none of them twice");
    }
    mixes.push_back(std::move(mix));
    begin = end + 1;
  }
  return mixes;
}

// One value of each axis.
using Combination = std::vector<std::size_t>;

std::vector<Combination> combinations(const std::vector<Axis>& axes) {
  std::vector<Combination> all{{}};
  for (const Axis& axis : axes) {
    std::vector<Combination> longer;
    for (const Combination& begin : all) {
      for (std::size_t i = 0; i < axis.values.size(); ++i) {
        longer.push_back(begin);
        longer.back().push_back(i);
      }
    }
    all = std::move(longer);
    if (all.size() > kMostCells) {
      throw UsageError(fmt::format("{}: that makes more than {} cells", axis.flag, kMostCells));
    }
  }
  return all;
}

std::string name_of(const TestPlan& plan, const Fields& given) {
  const bool drawn = plan.swarm && !given.contains("--nemesis");
  const std::string faults = drawn ? "swarm"
                             : plan.nemeses.empty()
                                 ? "none"
                                 : fmt::format("{}", fmt::join(plan.nemeses, ","));
  std::string name = fmt::format("{} {} {}", plan.target, plan.workload, faults);
  if (!plan.bugs.empty()) name += fmt::format(" {}", fmt::join(plan.bugs, ","));
  return name;
}

// Why there is no such test; empty if there is.
std::string misfit(const PlanOptions& options, std::uint64_t seed) {
  try {
    const TestPlan plan = options.plan(seed);
    check_names(plan);
    const auto parts = assemble(plan);
    return parts ? std::string() : parts.error().message;
  } catch (const UsageError& e) {
    return e.what();
  }
}

// What is drawn may fit what is given with one seed and not with another; what fits with none of so
// many will not fit with more.
std::string misfit(const PlanOptions& options, const SeedSet& seeds) {
  constexpr std::size_t kEnough = 50;
  std::string first;
  for (std::size_t i = 0; i < std::min(seeds.size(), kEnough); ++i) {
    const std::string why = misfit(options, seeds.at(i));
    if (why.empty()) return {};
    if (first.empty()) first = why;
  }
  return first;
}

// If nothing fits because of what all cells have in common, that is what the user must know.
void refuse_common(const Cells& cells) {
  if (!cells.cells.empty()) return;
  const std::string& why = cells.left_out.front().why;
  const bool common =
      std::ranges::all_of(cells.left_out, [&](const LeftOutCell& cell) { return cell.why == why; });
  if (common) throw UsageError(why);
}

CampaignCell describe(const PlanOptions& options, std::uint64_t seed) {
  const TestPlan plan = options.plan(seed);
  const Fields given = options.given();
  Fields fields = given;
  fields.erase("--seed");
  return {name_of(plan, given), arguments(plan, fields)};
}

// What of an axis is in a cell, and why what is not is not.
class Used {
 public:
  explicit Used(const std::vector<Axis>& axes)
      : axes_(axes), why_(axes.size()), used_(axes.size()) {
    for (std::size_t i = 0; i < axes.size(); ++i) {
      why_[i].resize(axes[i].values.size());
      used_[i].resize(axes[i].values.size());
    }
  }
  void see(const Combination& combination, const std::string& misfit) {
    for (std::size_t i = 0; i < combination.size(); ++i) {
      if (misfit.empty()) used_[i][combination[i]] = true;
      if (why_[i][combination[i]].empty()) why_[i][combination[i]] = misfit;
    }
  }
  void require_all() const {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      for (std::size_t j = 0; j < axes_[i].values.size(); ++j) {
        if (used_[i][j]) continue;
        throw UsageError(fmt::format("{} {}: it fits nothing else that is named: {}", axes_[i].flag,
                                     axes_[i].values[j], why_[i][j]));
      }
    }
  }

 private:
  const std::vector<Axis>& axes_;
  std::vector<std::vector<std::string>> why_;
  std::vector<std::vector<bool>> used_;
};

}  // namespace

void MatrixOptions::add_to(CLI::App& command) {
  add_value(command, "--targets", targets_, "NAMES", "a cell for each, separated by commas");
  add_value(command, "--workloads", workloads_, "NAMES", "a cell for each, separated by commas");
  add_value(command, "--nemeses", nemeses_, "MIXES",
            "a cell for each mix of faults, separated by semicolons: 'partition,kill;pause;none'");
  add_value(command, "--bugs", bugs_, "NAMES",
            "a cell for each, separated by commas; none is one without");
}

std::vector<Axis> MatrixOptions::axes() const {
  std::vector<Axis> axes;
  if (targets_) axes.push_back({"--targets", "--target", parse_names("--targets", *targets_)});
  if (workloads_) {
    axes.push_back({"--workloads", "--workload", parse_names("--workloads", *workloads_)});
  }
  if (nemeses_) axes.push_back({"--nemeses", "--nemesis", parse_mixes("--nemeses", *nemeses_)});
  if (bugs_) axes.push_back({"--bugs", "--bug", parse_names("--bugs", *bugs_)});
  return axes;
}

Cells make_cells(const PlanOptions& options, const MatrixOptions& matrix, const SeedSet& seeds) {
  const std::vector<Axis> axes = matrix.axes();
  const Fields given = options.given();
  for (const Axis& axis : axes) {
    if (!given.contains(axis.single)) continue;
    throw UsageError(fmt::format("{}: it cannot be given with {}", axis.flag, axis.single));
  }
  Cells cells;
  Used used(axes);
  for (const Combination& combination : combinations(axes)) {
    PlanOptions of_cell = options;
    std::vector<std::string> values;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const std::string& value = values.emplace_back(axes[i].values[combination[i]]);
      const bool without = axes[i].single == std::string_view("--bug") && value == kNone;
      if (!without) of_cell.give(axes[i].single, value);
    }
    std::string why = misfit(of_cell, seeds);
    used.see(combination, why);
    if (why.empty()) {
      cells.cells.push_back({describe(of_cell, seeds.at(0)), std::move(of_cell)});
    } else {
      cells.left_out.push_back({fmt::format("{}", fmt::join(values, " ")), std::move(why)});
    }
  }
  refuse_common(cells);
  used.require_all();
  return cells;
}

}  // namespace faultline::cli
