#include "harness/report/run_page.hpp"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <cmath>

#include "harness/core/base64.hpp"
#include "harness/report/columns.hpp"
#include "harness/report/junit.hpp"
#include "harness/report/page_sources.hpp"
#include "harness/report/sketch.hpp"

namespace faultline {
namespace {

constexpr std::size_t kMostBins = 200;

Json json_of(const RunPage::Pairs& pairs) {
  Json list = Json::array();
  for (const auto& [name, value] : pairs) list.push_back({name, value});
  return list;
}

Json time_or_null(Time time) {
  return time == kNever ? Json() : Json(time);
}

// In microseconds, to the tenth.
Json micros(const LatencyBin& bin, Duration LatencyBin::*quantile) {
  if (bin.count == 0) return {};
  return std::round(static_cast<double>(bin.*quantile) / 100) / 10;
}

Json latency_json(const OperationTable& table, const Bins& bins) {
  constexpr std::array<std::pair<const char*, Duration LatencyBin::*>, 4> kQuantiles{
      {{"p50", &LatencyBin::p50},
       {"p95", &LatencyBin::p95},
       {"p99", &LatencyBin::p99},
       {"max", &LatencyBin::max}}};
  Json all = Json::array();
  for (const LatencySeries& series : latencies(table, bins)) {
    Json json{{"f", series.function}, {"outcome", outcome_number(series.outcome)}};
    Json& counts = json["n"] = Json::array();
    for (const LatencyBin& bin : series.bins) counts.push_back(bin.count);
    for (const auto& [name, quantile] : kQuantiles) {
      Json& values = json[name] = Json::array();
      for (const LatencyBin& bin : series.bins) values.push_back(micros(bin, quantile));
    }
    all.push_back(std::move(json));
  }
  return {{"bin", bins.width}, {"series", std::move(all)}};
}

Json rate_json(const OperationTable& table, const Bins& bins) {
  Json all = Json::array();
  for (const RateSeries& series : rates(table, bins)) {
    all.push_back({{"f", series.function},
                   {"outcome", outcome_number(series.outcome)},
                   {"count", series.counts}});
  }
  return {{"bin", bins.width}, {"series", std::move(all)}};
}

Json recoveries_json(const RunPage& page) {
  const auto first_ok = first_ok_after(page.operations, page.cures);
  Json all = Json::array();
  for (std::size_t i = 0; i < page.cures.size(); ++i) {
    all.push_back({{"at", page.cures[i].at},
                   {"cure", page.cures[i].what},
                   {"first_ok", time_or_null(first_ok[i].value_or(kNever))}});
  }
  return all;
}

Json failure_json(const RunPage& page) {
  if (!page.failure) return {};
  const std::size_t row = page.operations.row_at(page.failure->position);
  if (row == page.operations.rows.size()) return {};
  return {{"at", page.failure->at},
          {"key", page.operations.rows[row].key},
          {"op", row},
          {"sentence", page.failure->sentence}};
}

Json outcomes_json(const OperationTable& table) {
  const auto counts = count_outcomes(table);
  Json all = Json::array();
  for (std::size_t f = 0; f < counts.size(); ++f) {
    all.push_back({{"f", table.functions[f]},
                   {"ok", counts[f].ok},
                   {"fail", counts[f].fail},
                   {"info", counts[f].info}});
  }
  return all;
}

// What happened beside the operations.
void add_events(Json& json, const RunPage& page) {
  for (const char* name : {"faults", "marks", "leaders", "clocks"}) json[name] = Json::array();
  for (const RunPage::Fault& fault : page.faults) {
    json["faults"].push_back({{"from", fault.from},
                              {"to", time_or_null(fault.to)},
                              {"name", fault.name},
                              {"f", fault.f},
                              {"what", fault.what}});
  }
  for (const RunPage::Mark& mark : page.marks) {
    json["marks"].push_back({{"at", mark.at}, {"name", mark.name}, {"what", mark.what}});
  }
  for (const RunPage::Leader& leader : page.leaders) {
    json["leaders"].push_back({{"at", leader.at},
                               {"to", time_or_null(leader.until)},
                               {"node", leader.node},
                               {"term", leader.term ? Json(*leader.term) : Json()}});
  }
  for (const RunPage::Clock& clock : page.clocks) {
    json["clocks"].push_back({{"node", clock.node}, {"points", clock.points}});
  }
}

void add_evidence(Json& json, const RunPage& page) {
  for (const char* name : {"checks", "logs"}) json[name] = Json::array();
  for (const RunPage::Check& check : page.checks) {
    json["checks"].push_back({{"checker", check.checker},
                              {"verdict", check.verdict},
                              {"reason", check.reason},
                              {"facts", json_of(check.facts)},
                              {"text", check.text}});
  }
  for (const RunPage::Log& log : page.logs) {
    json["logs"].push_back({{"name", log.name}, {"omitted", log.omitted}, {"lines", log.lines}});
  }
  json["environment"] = page.environment;
}

Json run_json(const RunPage& page) {
  const OperationTable& table = page.operations;
  const Bins bins = bins_of(table.begin, table.end, kMostBins);
  Json json{{"name", page.name},
            {"file", page.file},
            {"timed", page.timed},
            {"verdict", to_string(page.verdict)},
            {"headline", page.headline},
            {"facts", json_of(page.facts)},
            {"commands", json_of(page.commands)},
            {"begin", table.begin},
            {"end", table.end},
            {"processes", table.processes},
            {"functions", table.functions},
            {"keys", table.keys},
            {"values", table.values},
            {"errors", table.errors},
            {"failure", failure_json(page)},
            {"latency", latency_json(table, bins)},
            {"rate", rate_json(table, bins)},
            {"recoveries", recoveries_json(page)},
            {"ops_by_outcome", outcomes_json(table)}};
  json["leaders_note"] = page.leaders_note;
  json["counterexample_note"] = page.counterexample_note;
  json["space_time"] = {{"title", page.space_time_title}, {"note", page.space_time_note}};
  add_events(json, page);
  add_evidence(json, page);
  return json;
}

// For what takes a browser long to read: as much as can be told apart on a screen. Not compressed:
// it is there at once.
std::string packed_sketch(const OperationTable& table) {
  constexpr std::size_t kFrom = 100'000;
  constexpr Duration kColumns = 2048;
  if (table.rows.size() < kFrom) return "";
  const OperationTable drawn = sketch(table, (table.end - table.begin) / kColumns);
  const bool is_soon_read = drawn.rows.size() <= table.rows.size() / 6;
  return is_soon_read ? base64_encode(encode_columns(drawn)) : "";
}

// An SVG as it stands in HTML: without the heading of a file of its own.
std::string_view without_heading(std::string_view svg) {
  return svg.substr(std::min(svg.find("<svg"), svg.size()));
}

}  // namespace

std::string script_json(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  // These stand in strings only, or not at all.
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<' || c == '>' || c == '&') {
      safe += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else if (text.compare(i, 2, "\xE2\x80") == 0 && i + 2 < text.size() &&
               (text[i + 2] == '\xA8' || text[i + 2] == '\xA9')) {  // U+2028, U+2029
      safe += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      safe += c;
    }
  }
  return safe;
}

bool begins_report(std::string_view text) {
  return text.starts_with(page::kSkeleton.substr(0, page::kSkeleton.find("<meta http-equiv")));
}

std::string report_html(const RunPage& page) {
  const std::string run = script_json(run_json(page));
  const std::string sketch = packed_sketch(page.operations);
  const std::string ops = base64_encode(deflated(encode_columns(page.operations)));
  const std::string script = fmt::format("(() => {{\n'use strict';\n{}}})();\n", page::kScript);
  const std::string title = xml_text(fmt::format("{}: {}", page.name, to_string(page.verdict)));
  const std::array<std::pair<std::string_view, std::string_view>, 9> parts{
      {{"@STYLE@", page::kStyle},
       {"@TITLE@", title},
       {"@COUNTEREXAMPLE@", without_heading(page.counterexample)},
       {"@SPACE_TIME@", without_heading(page.space_time)},
       {"@RUN@", run},
       {"@SKETCH@", sketch},
       {"@OPS@", ops},
       {"@D3@", page::kD3},
       {"@SCRIPT@", script}}};
  // Looked for in the skeleton only: what is put in may hold anything.
  std::string html;
  std::string_view rest = page::kSkeleton;
  while (true) {
    std::size_t next = std::string_view::npos;
    const std::pair<std::string_view, std::string_view>* found = nullptr;
    for (const auto& part : parts) {
      const std::size_t at = rest.find(part.first);
      if (at >= next) continue;
      next = at;
      found = &part;
    }
    if (found == nullptr) return html.append(rest);
    html.append(rest.substr(0, next)).append(found->second);
    rest.remove_prefix(next + found->first.size());
  }
}

}  // namespace faultline
