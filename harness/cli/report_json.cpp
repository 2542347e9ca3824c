#include "harness/cli/report_json.hpp"

namespace faultline::cli {

Json to_json(const Report& report) {
  Json json;
  json["checker"] = report.checker;
  json["verdict"] = to_string(report.verdict);
  if (!report.reason.empty()) json["reason"] = report.reason;
  for (const auto& [name, value] : report.facts) json[name] = faultline::to_json(value);
  if (!report.text.empty()) json["text"] = report.text;
  if (!report.parts.empty()) {
    Json& parts = json["parts"] = Json::array();
    for (const Report& part : report.parts) parts.push_back(to_json(part));
  }
  return json;
}

std::string dump_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace faultline::cli
