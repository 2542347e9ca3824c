#include "harness/store/formats/edn_ops.hpp"
#include "harness/store/formats/formats.hpp"

namespace faultline::formats {

bool looks_like_edn(std::string_view text) {
  text.remove_prefix(EdnReader(text).at());
  const std::size_t first = text.find_first_not_of(", \t\r\n");
  constexpr std::string_view kBeginnings = "{[(;#";
  return first != std::string_view::npos && kBeginnings.find(text[first]) != std::string_view::npos;
}

Result<RecordedHistory> read_edn_history(const Source& source) {
  Result<RecordedHistory> history = read_edn_ops(source, nullptr);
  if (history) history->format = "edn";
  return history;
}

}  // namespace faultline::formats
