// CampaignJournal: the finished runs of a campaign, in a file that only grows: campaign.jsonl. The
// first line says which campaign it is, each line after it what came of a run; what the lines mean
// is the caller's business. A line is handed to the kernel at once and in one piece, so that it
// outlives the program; it is not synced to the disk. A torn last line is dropped: its run is done
// again.
//
// As long as it is open nobody else can open it: not even those who come after a program that was
// killed, until all processes that it forked are gone. One thread at a time. Movable.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/store/json_value.hpp"

namespace faultline {

inline constexpr std::string_view kCampaignFile = "campaign.jsonl";

// What is in the file.
struct CampaignLines {
  Json header;              // null if there is none yet
  std::vector<Json> lines;  // of finished runs
  bool torn = false;        // its last line was dropped
};

class CampaignJournal {
 public:
  // Opens the file of that name, or makes it. Error: another program has it; it is no journal.
  static Result<CampaignJournal> open(const std::filesystem::path& path);
  // Without taking it, and without dropping a torn line from the file.
  static Result<CampaignLines> read(const std::filesystem::path& path);

  CampaignJournal(CampaignJournal&& other) noexcept;
  CampaignJournal& operator=(CampaignJournal&&) = delete;
  ~CampaignJournal();

  const CampaignLines& found() const { return found_; }  // when it was opened
  // The first line of a new file; the journal says itself that it is one, and of which version.
  Result<void> begin(const Json& header);
  // After an error (the disk is full) nothing more should be appended.
  Result<void> append(const Json& line);

 private:
  CampaignJournal(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  Result<void> write_line(const Json& line);
  Result<void> take();

  std::filesystem::path path_;
  int fd_;
  CampaignLines found_;
};

}  // namespace faultline
