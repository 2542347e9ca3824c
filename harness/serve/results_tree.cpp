#include "harness/serve/results_tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace faultline::serve {
namespace {

constexpr int kMostDepth = 16;

int open_in(int directory, std::string_view path, int flags) {
  if (path.find('\0') != std::string_view::npos) {
    errno = ENOENT;
    return -1;
  }
  const std::string name(path);
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something was renamed meanwhile, so that the kernel cannot tell whether it stayed in.
  constexpr int kAttempts = 10;
  long fd = -1;
  for (int i = 0; i < kAttempts; ++i) {
    fd = ::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) break;
  }
  return static_cast<int>(fd);
}

Nanoseconds modified_of(const struct stat& status) {
  return status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec;
}

Entry entry_of(const char* name, const struct stat& status) {
  const auto kind = S_ISREG(status.st_mode)   ? Entry::Kind::file
                    : S_ISDIR(status.st_mode) ? Entry::Kind::directory
                                              : Entry::Kind::other;
  return {name, kind, static_cast<std::uint64_t>(status.st_size), modified_of(status)};
}

std::optional<Entry> entry_in(int directory, const char* name) {
  struct stat status {};
  if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return entry_of(name, status);
}

bool is_itself_or_parent(std::string_view name) {
  return name == "." || name == "..";
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::string OpenFile::read(std::uint64_t offset, std::size_t count) const {
  std::string text(count, '\0');
  std::size_t done = 0;
  while (done < count) {
    const ssize_t n =
        ::pread(fd.get(), text.data() + done, count - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  text.resize(done);
  return text;
}

std::optional<bool> OpenFile::has_writer() const {
  // The kernel grants a lease on reading only while the file is open for writing nowhere.
  if (::fcntl(fd.get(), F_SETLEASE, F_RDLCK) == 0) {
    ::fcntl(fd.get(), F_SETLEASE, F_UNLCK);
    return false;
  }
  if (errno == EAGAIN) return true;
  return std::nullopt;
}

Result<ResultsTree> ResultsTree::open(const std::filesystem::path& root) {
  const int fd = ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return Error{
        fmt::format("{}: cannot be served: {}; expected a directory of runs, as "
                    "faultline test leaves it",
                    root.string(), std::strerror(errno))};
  }
  ResultsTree tree{FileDescriptor(fd)};
  const FileDescriptor probe(tree.open_beneath(".", O_RDONLY | O_DIRECTORY));
  if (probe.get() < 0) {
    return Error{
        fmt::format("{}: cannot be served: openat2: {}; Linux 5.6 or newer has it, unless "
                    "a sandbox forbids it",
                    root.string(), std::strerror(errno))};
  }
  return tree;
}

int ResultsTree::open_beneath(std::string_view path, int flags) const {
  return open_in(root_.get(), path, flags);
}

std::optional<OpenFile> ResultsTree::file(std::string_view path) const {
  OpenFile file;
  file.fd = FileDescriptor(open_beneath(path, O_RDONLY));
  struct stat status {};
  if (file.fd.get() < 0 || ::fstat(file.fd.get(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  file.size = static_cast<std::uint64_t>(status.st_size);
  file.modified = modified_of(status);
  return file;
}

std::optional<std::string> ResultsTree::text(std::string_view path, std::size_t most) const {
  const auto opened = file(path);
  if (!opened || opened->size > most) return std::nullopt;
  return opened->read(0, opened->size);
}

ResultsTree::Directory ResultsTree::directory(std::string_view path) const {
  const int fd = open_beneath(path, O_RDONLY | O_DIRECTORY);
  Directory directory(fd < 0 ? nullptr : ::fdopendir(fd), ::closedir);
  if (fd >= 0 && !directory) ::close(fd);
  return directory;
}

std::vector<Entry> ResultsTree::list(std::string_view path) const {
  std::vector<Entry> entries;
  const Directory opened = directory(path);
  while (const dirent* found = opened ? ::readdir(opened.get()) : nullptr) {
    if (is_itself_or_parent(found->d_name)) continue;
    if (const auto entry = entry_in(::dirfd(opened.get()), found->d_name))
      entries.push_back(*entry);
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return entries;
}

std::vector<std::string> ResultsTree::folders(std::string_view path) const {
  std::vector<std::string> names;
  const Directory opened = directory(path);
  while (const dirent* found = opened ? ::readdir(opened.get()) : nullptr) {
    if (is_itself_or_parent(found->d_name)) continue;
    bool is_folder = found->d_type == DT_DIR;
    if (found->d_type == DT_UNKNOWN) {  // not every file system tells
      const auto entry = entry_in(::dirfd(opened.get()), found->d_name);
      is_folder = entry && entry->kind == Entry::Kind::directory;
    }
    if (is_folder) names.emplace_back(found->d_name);
  }
  return names;
}

std::vector<Entry> ResultsTree::files_below(std::string_view path, std::size_t most) const {
  struct Folder {
    std::string prefix;
    int depth;
  };
  std::vector<Entry> files;
  std::vector<Folder> folders{{"", 0}};
  while (!folders.empty() && files.size() < most) {
    const Folder folder = std::move(folders.back());
    folders.pop_back();
    for (Entry& entry : list(fmt::format("{}/{}", path, folder.prefix))) {
      entry.name = folder.prefix + entry.name;
      if (entry.kind == Entry::Kind::directory && folder.depth < kMostDepth) {
        folders.push_back({entry.name + "/", folder.depth + 1});
      }
      if (entry.kind == Entry::Kind::file && files.size() < most) files.push_back(entry);
    }
  }
  std::sort(files.begin(), files.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return files;
}

std::optional<ResultsTree> ResultsTree::below(std::string_view path) const {
  FileDescriptor fd(open_beneath(path, O_RDONLY | O_DIRECTORY));
  if (fd.get() < 0) return std::nullopt;
  return ResultsTree(std::move(fd));
}

std::optional<Entry> ResultsTree::entry(const std::string& name) const {
  if (name.find('/') != std::string::npos || name == "..") return std::nullopt;
  return entry_in(root_.get(), name.c_str());
}

std::optional<std::string> ResultsTree::link(std::string_view path) const {
  const std::filesystem::path whole(path);
  const FileDescriptor folder(open_beneath(
      whole.has_parent_path() ? whole.parent_path().string() : ".", O_RDONLY | O_DIRECTORY));
  if (folder.get() < 0) return std::nullopt;
  std::array<char, 4096> target{};
  const ssize_t n =
      ::readlinkat(folder.get(), whole.filename().c_str(), target.data(), target.size());
  if (n <= 0 || static_cast<std::size_t>(n) == target.size()) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(n));
}

}  // namespace faultline::serve
