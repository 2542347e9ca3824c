// Any bytes as evidence.jsonl: the reader answers with evidence or with an error that names the
// file, and what was read is written and read again as the same.
#include <cstdint>

#include "harness/core/utf8.hpp"
#include "harness/store/evidence_file.hpp"
#include "tests/fuzz/require.hpp"

namespace faultline {
namespace {

// Most of what a fuzzer thinks up lacks the header, and gets it.
constexpr std::string_view kMark = "{\"faultline-evidence\":";
constexpr std::string_view kHeader =
    "{\"faultline-evidence\":1,\"history\":\"h\",\"events\":9,\"model\":\"set\",\"initial\":[]}\n";

std::string written(const EvidenceFile& file) {
  std::string text;
  const auto done = write_evidence(file, [&](std::string_view piece) {
    text += piece;
    return Result<void>();
  });
  require(done.has_value(), "evidence can be written", text);
  return text;
}

bool same(const Evidence::Part& a, const Evidence::Part& b) {
  if (a.core.has_value() != b.core.has_value()) return false;
  if (a.core && (a.core->from != b.core->from || a.core->to != b.core->to)) return false;
  if (a.core && a.core->ops != b.core->ops) return false;
  return a.key == b.key && a.verdict == b.verdict && a.linearization == b.linearization &&
         a.reason == b.reason;
}

bool same(const EvidenceFile& a, const EvidenceFile& b) {
  return a.history == b.history && a.independent == b.independent && a.events == b.events &&
         a.evidence.model == b.evidence.model && a.evidence.initial == b.evidence.initial &&
         a.evidence.nil_read_unconstrained == b.evidence.nil_read_unconstrained &&
         std::equal(a.evidence.parts.begin(), a.evidence.parts.end(), b.evidence.parts.begin(),
                    b.evidence.parts.end(),
                    [](const auto& x, const auto& y) { return same(x, y); });
}

void read(std::string text) {
  const auto file = read_evidence(Source::of_text("e", std::move(text)));
  if (!file) {
    const std::string& message = file.error().message;
    require(message.starts_with("e:"), "an error names the file", message);
    require(message == printable(message), "an error can be shown", message);
    return;
  }
  const std::string again = written(*file);
  const auto reread = read_evidence(Source::of_text("again", again));
  require(reread.has_value(), "what was written can be read",
          reread ? "" : reread.error().message + "\n" + again);
  require(same(*file, *reread), "the evidence is the same", again);
}

}  // namespace
}  // namespace faultline

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace faultline;
  std::string text(reinterpret_cast<const char*>(data), size);
  if (!text.starts_with(kMark)) text.insert(0, kHeader);
  read(std::move(text));
  return 0;
}
