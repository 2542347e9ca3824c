#include "harness/store/campaign_journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

#include "harness/store/source.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 1;

Error failed(const fs::path& path, std::string_view what, int error) {
  return Error{fmt::format("{}: cannot {} it: {}", path.string(), what, std::strerror(error))};
}

Result<Json> parse(const Source& source, std::size_t begin, std::string_view line) {
  Json json = Json::parse(line.begin(), line.end(), nullptr, false);
  if (json.is_object()) return {boost::system::in_place_value, std::move(json)};
  return source.error(begin, "expected a JSON object");
}

// The header without what the journal itself has put there.
Result<Json> read_header(const Source& source, std::string_view line) {
  Result<Json> header = parse(source, 0, line);
  if (!header) return header.error();
  const bool ours = header->value("faultline", Json()) == "campaign";
  if (!ours || header->value("version", Json()) != kVersion) {
    return source.error(0, fmt::format("expected the journal of a campaign, version {}", kVersion));
  }
  header->erase("faultline");
  header->erase("version");
  return header;
}

struct Content {
  CampaignLines lines;
  std::size_t whole = 0;  // bytes of the file up to the end of its last whole line
};

Result<Content> read_content(const fs::path& path) {
  const Result<Source> source = Source::open(path);
  if (!source) return source.error();
  const std::string_view text = source->text();
  Content content;
  content.whole = text.rfind('\n') + 1;  // npos + 1 is 0
  content.lines.torn = content.whole < text.size();
  for (std::size_t begin = 0; begin < content.whole;) {
    const std::size_t end = text.find('\n', begin);
    const std::string_view line = text.substr(begin, end - begin);
    Result<Json> json = begin == 0 ? read_header(*source, line) : parse(*source, begin, line);
    if (!json) return json.error();
    if (begin == 0) {
      content.lines.header = std::move(*json);
    } else {
      content.lines.lines.push_back(std::move(*json));
    }
    begin = end + 1;
  }
  return content;
}

// Of a program that was killed just now the processes may still be about to die.
bool lock(int fd) {
  using namespace std::chrono_literals;
  for (int tries = 0; tries < 100; ++tries) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    std::this_thread::sleep_for(50ms);
  }
  return false;
}

}  // namespace

Result<CampaignJournal> CampaignJournal::open(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return failed(path, "open", errno);
  CampaignJournal journal(path, fd);
  if (const Result<void> taken = journal.take(); !taken) return taken.error();
  return journal;
}

Result<void> CampaignJournal::take() {
  if (!lock(fd_)) {
    return Error{fmt::format("{}: another campaign is at work there", path_.string())};
  }
  Result<Content> content = read_content(path_);
  if (!content) return content.error();
  if (content->lines.torn && ::ftruncate(fd_, static_cast<off_t>(content->whole)) != 0) {
    return failed(path_, "drop the torn last line of", errno);
  }
  found_ = std::move(content->lines);
  return {};
}

Result<CampaignLines> CampaignJournal::read(const fs::path& path) {
  Result<Content> content = read_content(path);
  if (!content) return content.error();
  return std::move(content->lines);
}

CampaignJournal::CampaignJournal(CampaignJournal&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      found_(std::move(other.found_)) {}

CampaignJournal::~CampaignJournal() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> CampaignJournal::begin(const Json& header) {
  Json line{{"faultline", "campaign"}, {"version", kVersion}};
  line.update(header);
  return write_line(line);
}

Result<void> CampaignJournal::append(const Json& line) {
  return write_line(line);
}

Result<void> CampaignJournal::write_line(const Json& line) {
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EINTR) {
      return failed(path_, "write", errno);
    }
  }
  return {};
}

}  // namespace faultline
