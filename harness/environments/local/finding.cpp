#include "harness/environments/local/finding.hpp"

namespace faultline::local {

Finding not_possible(const std::string& message, const std::string& otherwise) {
  const std::size_t end = message.find("; ");
  Finding finding;
  finding.detail = message.substr(0, end);
  finding.remedy = end == std::string::npos ? otherwise : message.substr(end + 2);
  return finding;
}

}  // namespace faultline::local
