#include "tests/tidy/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/tidy/function_length.hpp"

namespace faultline::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxColumns = 100;
constexpr std::size_t kMaxFileLines = 400;
constexpr std::size_t kMaxFunctionLines = 70;

// Which folders a folder may include, besides itself and harness/core.
struct Layer {
  std::string_view folder;
  std::vector<std::string_view> may_include;
};
const std::array kLayers = {
    Layer{"harness/core", {}},
    Layer{"harness/generators", {}},
    Layer{"harness/environments", {}},
    Layer{"harness/store", {}},
    Layer{"harness/report", {"harness/store"}},
    Layer{"harness/run", {"harness/generators"}},
    Layer{"harness/serve", {"harness/store"}},
    Layer{"checkers", {}},
    Layer{"nemeses", {}},
    Layer{"targets", {"harness/environments"}},
    Layer{"workloads", {"harness/generators", "checkers"}},
};
constexpr std::string_view kSeeAll[] = {"harness/cli", "tests"};
constexpr std::string_view kOutside = "tests/consumer";  // a project with a root of its own

std::string at(const SourceFile& file, std::size_t line, std::string_view what) {
  return fmt::format("{}:{}: {}", file.path, line, what);
}

// Calls check(file, line number, line) for every line of the files that `wanted` picks.
template <typename Wanted, typename Check>
void each_line(const Tree& tree, Wanted wanted, Check check) {
  for (const SourceFile& file : tree) {
    if (!wanted(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) check(file, i + 1, file.lines[i]);
  }
}

bool is_code(const SourceFile& file) {
  return file.is_code();
}

bool sees_all(std::string_view path) {
  return std::any_of(std::begin(kSeeAll), std::end(kSeeAll),
                     [&](std::string_view folder) { return lies_in(path, folder); });
}

bool may_include(const Layer& layer, std::string_view path) {
  if (lies_in(path, "harness/core") || lies_in(path, layer.folder)) return true;
  return std::any_of(layer.may_include.begin(), layer.may_include.end(),
                     [&](std::string_view folder) { return lies_in(path, folder); });
}

const Layer* layer_of(std::string_view path) {
  const auto it = std::find_if(kLayers.begin(), kLayers.end(),
                               [&](const Layer& layer) { return lies_in(path, layer.folder); });
  return it == kLayers.end() ? nullptr : &*it;
}

// The words of a CMake file, without its comments.
std::set<std::string> words(const SourceFile& cmake) {
  std::set<std::string> found;
  for (const std::string& line : cmake.lines) {
    std::string code = line.substr(0, line.find('#'));
    std::replace_if(
        code.begin(), code.end(), [](char c) { return c == '(' || c == ')' || c == '"'; }, ' ');
    std::istringstream in(code);
    for (std::string word; in >> word;) found.insert(word);
  }
  return found;
}

std::size_t columns(const std::string& line) {  // code points, of UTF-8
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

using Sizes = std::map<std::string, std::size_t>;  // "file PATH" or "function PATH": lines

Sizes sizes_above_limit(const Tree& tree) {
  Sizes sizes;
  for (const SourceFile& file : tree) {
    if (!file.is_code()) continue;
    if (file.lines.size() > kMaxFileLines) sizes["file " + file.path] = file.lines.size();
    for (const FunctionLength& function : function_lengths(file.lines)) {
      if (function.lines <= kMaxFunctionLines) continue;
      std::size_t& longest = sizes["function " + file.path];
      longest = std::max(longest, function.lines);
    }
  }
  return sizes;
}

}  // namespace

Findings check_includes(const Tree& tree) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  Findings findings;
  each_line(tree, is_code, [&](const SourceFile& file, std::size_t number, const auto& line) {
    std::smatch match;
    if (!std::regex_match(line, match, kInclude)) return;
    const std::string included = match[2];
    const bool ours = layer_of(included) != nullptr || sees_all(included);
    if (!ours && match[1] == "<") return;
    if (!ours && lies_in(file.path, kOutside)) return;
    if (find(tree, included) == nullptr) {
      findings.push_back(
          at(file, number, included + " is no file of the tree; name it from the root"));
    }
    if (sees_all(file.path)) return;
    const Layer* layer = layer_of(file.path);
    if (layer == nullptr) {
      findings.push_back(
          at(file, number, "this folder has no place among the layers of the house"));
    } else if (!may_include(*layer, included)) {
      findings.push_back(
          at(file, number, fmt::format("{} may not include {}", layer->folder, included)));
    }
  });
  return findings;
}

Findings check_columns(const Tree& tree) {
  const auto wanted = [](const SourceFile& file) {
    return file.is_code() || file.is_cmake() || file.path == "faultline" || file.path == ".ci/run";
  };
  Findings findings;
  each_line(tree, wanted, [&](const SourceFile& file, std::size_t number, const auto& line) {
    if (columns(line) <= kMaxColumns) return;
    findings.push_back(at(file, number, fmt::format("more than {} columns", kMaxColumns)));
  });
  return findings;
}

Findings check_sizes(const Tree& tree, const SourceFile& ratchet) {
  Findings findings;
  Sizes above = sizes_above_limit(tree);
  for (std::size_t i = 0; i < ratchet.lines.size(); ++i) {
    if (ratchet.lines[i].empty() || ratchet.lines[i].starts_with('#')) continue;
    std::istringstream in(ratchet.lines[i]);
    std::string kind;
    std::string path;
    std::size_t limit = 0;
    in >> kind >> path >> limit;
    const auto size = above.find(fmt::format("{} {}", kind, path));
    if (size == above.end()) {
      findings.push_back(at(ratchet, i + 1, "stale: nothing is above the limit there; remove it"));
      continue;
    }
    if (size->second > limit) {
      findings.push_back(fmt::format("{}: the {} has grown from {} lines to {}; it may only shrink",
                                     path, kind, limit, size->second));
    } else if (size->second < limit) {
      findings.push_back(
          at(ratchet, i + 1, fmt::format("stale: it has {} lines now; say so", size->second)));
    }
    above.erase(size);
  }
  for (const auto& [what, lines] : above) {
    findings.push_back(fmt::format("{}: {} lines; a file may have {}, a function {}", what, lines,
                                   kMaxFileLines, kMaxFunctionLines));
  }
  return findings;
}

Findings check_registered(const Tree& tree) {
  std::set<std::string> listed;  // paths from the root that some CMakeLists.txt names
  for (const SourceFile& file : tree) {
    if (!file.is_cmake()) continue;
    const fs::path folder = fs::path(file.path).parent_path();
    for (const std::string& word : words(file)) listed.insert((folder / word).generic_string());
  }
  Findings findings;
  for (const SourceFile& file : tree) {
    const std::string folder = fs::path(file.path).parent_path().generic_string();
    if (file.is_source() && !listed.contains(file.path)) {
      findings.push_back(at(file, 1, "listed in no CMakeLists.txt, so it is never built"));
    }
    if (file.is_cmake() && !folder.empty() && !listed.contains(folder)) {
      findings.push_back(at(file, 1, "no add_subdirectory leads here"));
    }
  }
  return findings;
}

Findings check_names(const Tree& tree) {
  static const std::regex kHeap("(^|[/_.-])(utils?|helpers?|misc|common|managers?)([/_.-]|$)");
  static const std::regex kForeign(R"(.*\.(h|hh|hxx|h\+\+|c|cc|cxx|c\+\+|ipp|inl))");
  Findings findings;
  for (const SourceFile& file : tree) {
    if (std::regex_search(file.path, kHeap)) {
      findings.push_back(at(file, 1, "name it after the one thing in it"));
    }
    if (std::regex_match(file.path, kForeign)) {
      findings.push_back(at(file, 1, "headers are named .hpp, sources .cpp"));
    }
  }
  return findings;
}

Findings check_headers(const Tree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!file.is_header()) continue;
    if (file.lines.empty() || !file.lines.front().starts_with("// ")) {
      findings.push_back(at(file, 1, "a header's first line says what it is for"));
    }
    if (std::find(file.lines.begin(), file.lines.end(), "#pragma once") == file.lines.end()) {
      findings.push_back(at(file, 1, "a header needs #pragma once"));
    }
  }
  return findings;
}

Findings check_marks(const Tree& tree) {
  // In two pieces, or this file would be the first finding.
  static const std::regex kMark(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X|HA"
      "CK)\\b");
  Findings findings;
  const auto all = [](const SourceFile&) { return true; };
  each_line(tree, all, [&](const SourceFile& file, std::size_t number, const auto& line) {
    if (!std::regex_search(line, kMark)) return;
    findings.push_back(at(file, number, "unfinished work: finish it, or open an issue"));
  });
  return findings;
}

Findings check_chance(const Tree& tree) {
  static const std::regex kChance(
      R"(\b(\w+_distribution|random_device|mt19937(_64)?|std::s?rand|default_random_engine)\b)");
  Findings findings;
  const auto wanted = [](const SourceFile& file) { return file.is_code() && !sees_all(file.path); };
  each_line(tree, wanted, [&](const SourceFile& file, std::size_t number, const auto& line) {
    const std::string code = line.substr(0, line.find("//"));
    if (!std::regex_search(code, kChance)) return;
    findings.push_back(at(file, number, "chance comes from Rng alone, or a seed repeats nothing"));
  });
  return findings;
}

Findings check_readmes(const Tree& tree) {
  std::set<std::string> folders;
  for (const SourceFile& file : tree) {
    const fs::path path(file.path);
    const fs::path top = *path.begin();
    if (!file.is_code() || top == "tests") continue;
    folders.insert(top.string());
    if (top == "harness") folders.insert((top / *std::next(path.begin())).generic_string());
  }
  Findings findings;
  for (const std::string& folder : folders) {
    if (find(tree, folder + "/README.md") != nullptr) continue;
    findings.push_back(folder + ": no README.md says what the folder is for");
  }
  return findings;
}

}  // namespace faultline::tidy
