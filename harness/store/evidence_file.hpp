// The evidence for a verdict as a file, evidence.jsonl: JSON Lines, a header with the history that
// it is about, then a line for each key. Positions are those of ops in the history, the first being
// 0.
//
//   {"faultline-evidence":1,"history":"history.jsonl","events":9,"model":"register","initial":null}
//   {"key":3,"verdict":"valid","linearization":[0,4,2]}
//   {"key":4,"verdict":"invalid","core":{"from":1,"to":8,"ops":[3,5]}}
//   {"key":5,"verdict":"unknown","reason":"..."}
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "harness/core/evidence.hpp"
#include "harness/core/result.hpp"
#include "harness/store/source.hpp"

namespace faultline {

inline constexpr std::string_view kEvidenceFile = "evidence.jsonl";

struct EvidenceFile {
  std::string history;       // its file, relative to the evidence's
  bool independent = false;  // its values were taken apart into keys
  std::size_t events = 0;    // that it has
  Evidence evidence;
};

// As text, in pieces.
Result<void> write_evidence(const EvidenceFile& file,
                            const std::function<Result<void>(std::string_view piece)>& write);
// A file of that name is replaced, when all has been written.
Result<void> write_evidence(const std::filesystem::path& path, const EvidenceFile& file);

// Whether there is a file that begins as evidence does.
bool is_evidence(const std::filesystem::path& path);

// On bad input the error names the file, the line, and what was expected.
Result<EvidenceFile> read_evidence(const std::filesystem::path& path);
Result<EvidenceFile> read_evidence(const Source& source);

}  // namespace faultline
