// Campaign: many tests as one value: a matrix of cells (what is tested) times seeds, of which a
// shard is a part; what came of each of its runs; and several shards' results put together. Plain
// values and pure functions: the runs themselves are carried out by harness/cli.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/core/verdict.hpp"
#include "harness/run/seed_set.hpp"

namespace faultline {

// Which part of a matrix: `index` of `count`, from 0.
struct Shard {
  int index = 0;
  int count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};

std::string to_string(Shard shard);  // "0/4"
Result<Shard> parse_shard(std::string_view text);

// One test of a matrix.
struct CampaignRun {
  std::size_t number = 0;  // in the whole matrix, whatever the shard
  std::size_t cell = 0;
  std::uint64_t seed = 0;
};

// What is tested with each seed.
struct CampaignCell {
  std::string name;     // tells it from the others: "raft register partition,kill stale-read"
  std::string options;  // all that was given, as arguments of `faultline`, without the seed
  friend bool operator==(const CampaignCell&, const CampaignCell&) = default;
};

// A combination of what is named that cannot be tested, so that it is in no run.
struct LeftOutCell {
  std::string name;
  std::string why;
};

struct Campaign {
  std::string program;  // its version
  std::string build;    // differs if the program does
  std::vector<CampaignCell> cells;
  std::vector<LeftOutCell> left_out;
  SeedSet seeds;
  Shard shard;

  std::size_t size() const { return cells.size() * seeds.size(); }  // of the whole matrix
  CampaignRun run(std::size_t number) const;                        // number < size()
  // Those of the shard, in the order of their numbers: all cells with the first seed, all with the
  // second, ..., so that a campaign that is cut short has something of every cell. A shard has
  // about as many seeds of each cell as any other, whatever the number of cells.
  std::vector<CampaignRun> runs() const;
};

nlohmann::ordered_json to_json(const Campaign& campaign);
Result<Campaign> campaign_from_json(const nlohmann::ordered_json& json);

// In what two differ, the shard apart; empty if in nothing: "the seeds (1-10, not 1-20)".
std::string difference(const Campaign& a, const Campaign& b);

// What came of a run.
struct RunRecord {
  std::size_t number = 0;
  std::size_t cell = 0;
  std::uint64_t seed = 0;
  Verdict verdict = Verdict::unknown;
  std::string reason;
  std::int64_t ops = 0;
  double seconds = 0;  // on the wall
  std::string kept;    // where it is kept, from the campaign's directory; empty: it is not
  std::string repeat;  // the arguments of `faultline` that run it again
};

nlohmann::ordered_json to_json(const RunRecord& record);
// Error: names the field that is missing or of the wrong kind, or says that `campaign` has no such
// run.
Result<RunRecord> record_from_json(const nlohmann::ordered_json& json, const Campaign& campaign);

// A journal as it was read: of a campaign, or of a shard.
struct ShardJournal {
  std::string place;  // for messages
  Campaign campaign;
  std::vector<RunRecord> records;
};

// Several put together.
struct Merged {
  Campaign campaign;                // the whole: its shard is 0/1
  std::vector<RunRecord> records;   // by number, one a run: of several the worst
  std::vector<RunRecord> doubled;   // those of the same runs that are not among them
  std::vector<Shard> shards;        // that there were, none twice
  std::vector<std::string> builds;  // of the programs, none twice
};

// Whether the journals may be of different builds of the program: then a seed need not mean the
// same test in all of them, and what one build did says nothing of another.
enum class Builds { same, any };

// Error: two journals are not of the same campaign, or of different builds if they must be of the
// same. `journals` is not empty.
Result<Merged> merge(std::vector<ShardJournal> journals, Builds builds);

}  // namespace faultline
