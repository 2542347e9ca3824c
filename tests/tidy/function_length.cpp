#include "tests/tidy/function_length.hpp"

#include <optional>
#include <regex>
#include <string_view>

namespace faultline::tidy {
namespace {

std::size_t indent_of(std::string_view line) {
  const auto indent = line.find_first_not_of(' ');
  return indent == std::string_view::npos ? line.size() : indent;
}

// The lines without comments at their ends, and with nothing in place of raw strings.
std::vector<std::string> code_lines(const std::vector<std::string>& lines) {
  static const std::regex kRawString(R"re(R"([^ ()\\]*)\()re");
  std::vector<std::string> code;
  std::optional<std::string> raw_end;  // what ends the raw string that we are in
  for (std::string line : lines) {
    if (raw_end) {
      if (line.find(*raw_end) != std::string::npos) raw_end.reset();
      line.clear();
    }
    std::smatch match;
    if (std::regex_search(line, match, kRawString)) {
      const std::string end = ")" + match[1].str() + "\"";
      if (match.suffix().str().find(end) == std::string::npos) raw_end = end;
    }
    if (const auto comment = line.find("//"); comment != std::string::npos) line.resize(comment);
    line.resize(line.find_last_not_of(' ') + 1);
    code.push_back(std::move(line));
  }
  return code;
}

bool begins_declaration(std::string_view line, std::size_t indent) {
  return indent_of(line) == indent && line.size() > indent && line[indent] != '#' &&
         line[indent] != '}' && !line.ends_with(':');
}

class Scan {
 public:
  explicit Scan(const std::vector<std::string>& lines) : code_(code_lines(lines)) {}

  std::vector<FunctionLength> run() {
    while (at_ < code_.size()) step();
    return std::move(found_);
  }

 private:
  void step() {
    const std::string& line = code_[at_];
    if (!scopes_.empty() && line.starts_with(std::string(scopes_.back().indent, ' ') + "}")) {
      scopes_.pop_back();
    } else if (begins_declaration(line, inner())) {
      start_ = at_;
    }
    if (line.ends_with('{')) open();
    ++at_;
  }

  // At a line that ends in a brace: what began at start_ is a scope to look into, or a function.
  void open() {
    static const std::regex kScope(
        R"(^ *(inline )?(namespace\b|class\b|struct\b|union\b|enum\b|extern "C").*)");
    const std::string& header = code_[start_];
    const std::size_t indent = indent_of(header);
    if (std::regex_match(header, kScope) && header.find('(') == std::string::npos) {
      const bool is_namespace = header.find("namespace") != std::string::npos;
      scopes_.push_back({indent, is_namespace ? indent : indent + 2});
      return;
    }
    const std::string closing = std::string(indent, ' ') + "}";
    for (std::size_t end = at_ + 1; end < code_.size(); ++end) {
      if (!code_[end].starts_with(closing)) continue;
      found_.push_back({start_ + 1, end - start_ + 1});
      at_ = end;
      return;
    }
  }

  std::size_t inner() const { return scopes_.empty() ? 0 : scopes_.back().inner; }

  struct Scope {
    std::size_t indent;
    std::size_t inner;  // the indent of its members
  };

  std::vector<std::string> code_;
  std::vector<Scope> scopes_;
  std::vector<FunctionLength> found_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
};

}  // namespace

std::vector<FunctionLength> function_lengths(const std::vector<std::string>& lines) {
  return Scan(lines).run();
}

}  // namespace faultline::tidy
