#include "harness/store/evidence_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/store/atomic_file.hpp"
#include "harness/store/json_value.hpp"

namespace faultline {
namespace {

constexpr int kVersion = 1;
constexpr const char* kMark = "faultline-evidence";

std::string as_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json header_of(const EvidenceFile& file) {
  Json json;
  json[kMark] = kVersion;
  json["history"] = file.history;
  if (file.independent) json["independent"] = true;
  json["events"] = file.events;
  json["model"] = file.evidence.model;
  json["initial"] = to_json(file.evidence.initial);
  if (file.evidence.nil_read_unconstrained) json["nil_read_unconstrained"] = true;
  return json;
}

Json line_of(const Evidence::Part& part) {
  Json json;
  if (!part.key.is_nothing()) json["key"] = to_json(part.key);
  json["verdict"] = to_string(part.verdict);
  if (!part.reason.empty()) json["reason"] = part.reason;
  if (part.verdict == Verdict::valid) json["linearization"] = part.linearization;
  if (!part.core) return json;
  Json& core = json["core"];
  core["from"] = part.core->from;
  if (part.core->to != Core::kEnd) core["to"] = part.core->to;
  core["ops"] = part.core->ops;
  return json;
}

[[noreturn]] void expected(const char* what, const Json& found) {
  throw Json::other_error::create(500, what, &found);
}

Value value_of(const Json& json, int depth = 0) {
  constexpr int kDeepest = 256;
  if (json.is_null()) return {};
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_string()) return json.get<std::string>();
  if (!json.is_array() || depth == kDeepest) expected("a value", json);
  Value::List items;
  for (const Json& item : json) items.push_back(value_of(item, depth + 1));
  return items;
}

std::optional<Verdict> verdict_of(const std::string& name) {
  for (const Verdict verdict : {Verdict::valid, Verdict::unknown, Verdict::invalid}) {
    if (name == to_string(verdict)) return verdict;
  }
  return std::nullopt;
}

std::size_t position_of(const Json& json) {
  if (json.is_number_unsigned()) return json.get<std::size_t>();
  expected("a position", json);
}

std::vector<std::size_t> positions_of(const Json& json) {
  if (!json.is_array()) expected("positions", json);
  std::vector<std::size_t> positions;
  positions.reserve(json.size());
  for (const Json& position : json) positions.push_back(position_of(position));
  return positions;
}

// A line of JSON that is not nested deeper than any of ours, which could exhaust the stack.
Json parse(std::string_view line) {
  constexpr int kDeepest = 300;
  return Json::parse(line.begin(), line.end(), [](int depth, Json::parse_event_t, Json& value) {
    if (depth > kDeepest) expected("less depth", value);
    return true;
  });
}

// Throws Json::exception if something is missing or of another type.
Evidence::Part part_of(const Json& json) {
  Evidence::Part part;
  part.key = value_of(json.value("key", Json()));
  const auto verdict = verdict_of(json.at("verdict").get<std::string>());
  if (!verdict) expected("a verdict", json);
  part.verdict = *verdict;
  part.reason = json.value("reason", "");
  if (part.verdict == Verdict::valid) part.linearization = positions_of(json.at("linearization"));
  if (!json.contains("core")) return part;
  const Json& core = json.at("core");
  const auto bound = [](std::size_t position) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(position, Core::kEnd));
  };
  part.core = Core{bound(position_of(core.at("from"))),
                   core.contains("to") ? bound(position_of(core.at("to"))) : Core::kEnd,
                   positions_of(core.at("ops"))};
  return part;
}

// A number is converted only if it is an integer: others need not be in range.
bool is_header(const Json& json) {
  if (!json.is_object() || !json.contains(kMark)) return false;
  return json.at(kMark).is_number_integer() && json.at(kMark) == kVersion;
}

EvidenceFile header_of(const Json& json) {
  EvidenceFile file;
  json.at("history").get_to(file.history);
  file.independent = json.value("independent", false);
  file.events = position_of(json.at("events"));
  json.at("model").get_to(file.evidence.model);
  file.evidence.initial = value_of(json.at("initial"));
  file.evidence.nil_read_unconstrained = json.value("nil_read_unconstrained", false);
  return file;
}

}  // namespace

Result<void> write_evidence(const EvidenceFile& file,
                            const std::function<Result<void>(std::string_view piece)>& write) {
  auto written = write(as_line(header_of(file)));
  for (const Evidence::Part& part : file.evidence.parts) {
    if (written) written = write(as_line(line_of(part)));
  }
  return written;
}

Result<void> write_evidence(const std::filesystem::path& path, const EvidenceFile& file) {
  auto out = AtomicFile::create(path, AtomicFile::Existing::replace);
  if (!out) return out.error();
  const auto written =
      write_evidence(file, [&](std::string_view piece) { return out->write(piece); });
  return written ? out->commit() : written;
}

bool is_evidence(const std::filesystem::path& path) {
  const auto source = Source::open(path);
  return source && source->text().starts_with(fmt::format("{{\"{}\":", kMark));
}

Result<EvidenceFile> read_evidence(const std::filesystem::path& path) {
  const auto source = Source::open(path);
  if (!source) return source.error();
  return read_evidence(*source);
}

Result<EvidenceFile> read_evidence(const Source& source) {
  std::optional<EvidenceFile> file;
  Lines lines(source.text());
  Line line;
  while (lines.next(line)) {
    try {
      const Json json = parse(line.text);
      if (!file) {
        if (!is_header(json)) break;
        file = header_of(json);
      } else {
        file->evidence.parts.push_back(part_of(json));
      }
    } catch (const Json::exception&) {
      if (!file) break;
      return source.error(line.offset, "expected the evidence for a key, as faultline writes it");
    }
  }
  if (!file) {
    return source.error(
        0, fmt::format("expected evidence: a first line with \"{}\":{}", kMark, kVersion));
  }
  return std::move(*file);
}

}  // namespace faultline
