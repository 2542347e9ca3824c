#include "harness/serve/router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include "harness/serve/comparison.hpp"
#include "harness/serve/live.hpp"
#include "harness/serve/pages.hpp"
#include "harness/serve/zip_stream.hpp"
#include "harness/store/run_directory.hpp"

namespace faultline::serve {
namespace {

constexpr std::string_view kReport = "report.html";
constexpr std::string_view kLatest = "latest";
constexpr std::string_view kLatestZip = "latest.zip";
constexpr std::size_t kMostTarget = 4096;
constexpr std::size_t kMostListed = 5000;

constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
// A report is a program that whoever made the run could have changed: it gets an origin of its own,
// so that it reads nothing else here, and loads nothing.
constexpr std::string_view kReportPolicy =
    "sandbox allow-scripts allow-downloads allow-popups; default-src 'none'; "
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";
constexpr std::string_view kFilePolicy =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

Response with(int status, std::string_view type, std::string text) {
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", std::string(type)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Cache-Control", "no-cache"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Resource-Policy", "same-origin"}};
  response.text = std::move(text);
  return response;
}

Response refusal(int status, std::string text) {
  Response response = with(status, "text/plain; charset=utf-8", std::move(text) + "\n");
  response.headers.emplace_back("Content-Security-Policy", kFilePolicy);
  return response;
}

Response not_found() {
  return refusal(404, "there is nothing of that name");
}

Response json(const Json& value) {
  if (value.is_null()) return not_found();
  return with(200, "application/json",
              value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Response own(std::string_view type, std::string text) {
  Response response = with(200, type, std::move(text));
  response.headers.emplace_back("Content-Security-Policy", kPagePolicy);
  return response;
}

Response asset(std::string_view name) {
  const std::string_view text = name.ends_with(".html") ? "" : embedded(name);
  return text.empty() ? not_found() : own(content_type(name), std::string(text));
}

Response page(std::string_view name, std::string_view title) {
  return own("text/html; charset=utf-8", page_of(name, title));
}

Response page_of_run() {
  return page("run", "Run");
}

Response redirect(std::string to) {
  Response response = refusal(307, to);
  response.headers.emplace_back("Location", std::move(to));
  return response;
}

// 304 if the reader has it already.
Response unless_known(Response response, const Request& request) {
  const std::string tag = fmt::format("\"{:016x}\"", std::hash<std::string>()(response.text));
  response.headers.emplace_back("ETag", tag);
  if (request.if_none_match != tag) return response;
  response.status = 304;
  response.text.clear();
  return response;
}

class FileStream final : public ByteStream {
 public:
  explicit FileStream(OpenFile file) : file_(std::move(file)) {}

  Result<void> next(std::string& chunk) override {
    constexpr std::uint64_t kPiece = std::uint64_t{1} << 18U;
    const std::uint64_t left = file_.size - at_;
    chunk = left == 0 ? std::string() : file_.read(at_, std::min(left, kPiece));
    at_ += chunk.size();
    if (left > 0 && chunk.empty()) return Error{"the file became shorter while it was sent"};
    return {};
  }

 private:
  OpenFile file_;
  std::uint64_t at_ = 0;
};

std::optional<RunId> run_of(std::string_view path) {
  auto segments = split_path(path);
  if (!segments || segments->size() != 2) return std::nullopt;
  return RunId{std::move((*segments)[0]), std::move((*segments)[1])};
}

std::string joined(const std::vector<std::string>& segments, std::size_t from) {
  return fmt::format(
      "{}", fmt::join(segments.begin() + static_cast<std::ptrdiff_t>(from), segments.end(), "/"));
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

// For a header: nothing that could end it.
std::string file_name(std::string_view name) {
  std::string safe(name);
  for (char& c : safe) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || c == '"' || c == '\\') c = '_';
  }
  return safe;
}

}  // namespace

const std::string* Response::header(std::string_view name) const {
  const auto it = std::find_if(headers.rbegin(), headers.rend(),
                               [&](const auto& header) { return header.first == name; });
  return it == headers.rend() ? nullptr : &it->second;
}

std::string_view content_type(std::string_view name) {
  struct Type {
    std::string_view ending;
    std::string_view type;
  };
  static constexpr Type kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".jsonl", "text/plain; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
      {".log", "text/plain; charset=utf-8"},
      {".edn", "text/plain; charset=utf-8"},
      {".xml", "application/xml"},
      {".svg", "image/svg+xml"},
      {".pcap", "application/vnd.tcpdump.pcap"},
      {".zip", "application/zip"},
  };
  for (const Type& type : kTypes) {
    if (name.ends_with(type.ending)) return type.type;
  }
  return "application/octet-stream";
}

Response Router::answer(const Request& request) {
  if (!is_own_host(request.host, request.local_address, hosts_)) {
    return refusal(403,
                   "this server answers to localhost only; faultline serve --host NAME lets "
                   "it answer to another name");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    Response response = refusal(405, "only GET and HEAD");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (request.target.size() > kMostTarget) return refusal(414, "too long a path");
  const auto target = parse_target(request.target);
  return target ? route(request, *target) : not_found();
}

Response Router::route(const Request& request, const Target& target) {
  const auto& segments = target.segments;
  if (segments.empty()) return page("list", "Runs");
  const std::string& first = segments.front();
  if (first == "runs") return run(target);
  if (first == "api") return api(request, target);
  if (first == "assets" && segments.size() == 2) return unless_known(asset(segments[1]), request);
  if (first == "compare" && segments.size() == 1) return page("compare", "Comparison");
  if (first == "live" && segments.size() == 3) {
    return state_of(tree_, {segments[1], segments[2]}) ? page("live", "Live") : not_found();
  }
  return not_found();
}

Response Router::api(const Request& request, const Target& target) {
  const auto& segments = target.segments;
  const std::string what = segments.size() > 1 ? segments[1] : "";
  if (what == "runs" && segments.size() == 2) {
    return unless_known(runs(target), request);
  }
  if (what == "compare" && segments.size() == 2) return comparison(target);
  if (segments.size() != 4) return not_found();
  const RunId run{segments[2], segments[3]};
  if (what == "run") return describe(run);
  return what == "live" ? live(run, target) : not_found();
}

Response Router::runs(const Target& target) {
  std::optional<std::size_t> most;
  if (const auto given = target.query.find("newest"); given != target.query.end()) {
    most = whole_number(given->second);
    if (!most) return refusal(400, "newest: expected a whole number of runs");
  }
  return with(200, "application/json", index_.list(most));
}

// `folder` is empty or ends in a slash.
std::optional<RunId> Router::latest_in(const std::string& folder) const {
  const auto to = tree_.link(folder + std::string(kLatest));
  const auto run = run_of(folder + to.value_or(""));
  return to && run && state_of(tree_, *run) ? run : std::nullopt;
}

Response Router::run(const Target& target) const {
  const auto& segments = target.segments;
  // Links to the newest run, so that what is seen stays the same run.
  for (const std::size_t depth : {2, 3}) {
    if (segments.size() < depth) continue;
    const bool zipped = segments.size() == depth && segments.back() == kLatestZip;
    if (!zipped && segments[depth - 1] != kLatest) continue;
    const auto run = latest_in(depth == 3 ? segments[1] + "/" : "");
    if (!run) return not_found();
    const std::string rest = zipped ? ".zip" : "/" + joined(segments, depth);
    return redirect(encode_path(fmt::format("/runs/{}{}", run->path(), rest)));
  }
  if (segments.size() < 3) return not_found();
  RunId id{segments[1], segments[2]};
  if (segments.size() > 3) {
    const bool listing = segments.size() == 4 && segments[3] == "files";
    if (!state_of(tree_, id)) return not_found();
    return listing ? page_of_run() : target.folder ? not_found() : file(id, joined(segments, 3));
  }
  if (!target.folder && id.time.ends_with(".zip")) {
    id.time.resize(id.time.size() - 4);
    return zip(id);
  }
  if (!state_of(tree_, id)) return not_found();
  if (!target.folder) return redirect(encode_path(fmt::format("/runs/{}/", id.path())));
  const bool has_report = tree_.file(fmt::format("{}/{}", id.path(), kReport)).has_value();
  return has_report ? file(id, std::string(kReport)) : page_of_run();
}

Response Router::file(const RunId& run, const std::string& path) const {
  auto opened = tree_.file(fmt::format("{}/{}", run.path(), path));
  if (!opened) return not_found();
  const std::string_view type = content_type(path);
  Response response = with(200, type, {});
  response.headers.emplace_back("Content-Security-Policy",
                                path == kReport ? kReportPolicy : kFilePolicy);
  if (type == "application/octet-stream") {
    const std::string name = path.substr(path.rfind('/') + 1);
    response.headers.emplace_back("Content-Disposition",
                                  fmt::format("attachment; filename=\"{}\"", file_name(name)));
  }
  response.length = opened->size;
  response.stream = std::make_unique<FileStream>(std::move(*opened));
  return response;
}

Response Router::zip(const RunId& run) const {
  if (!state_of(tree_, run)) return not_found();
  Response response = with(200, "application/zip", {});
  response.headers.emplace_back(
      "Content-Disposition",
      fmt::format("attachment; filename=\"{}-{}.zip\"", file_name(run.name), file_name(run.time)));
  response.stream = zip_of(tree_, run.path());
  return response;
}

Response Router::describe(const RunId& run) const {
  Json about;
  about["run"] = describe_run(tree_, run);
  if (about["run"].is_null()) return not_found();
  const Json results = json_file(tree_, run, kResultsFile);
  about["checks"] = checks_of(results);
  about["repeat"] = results.is_object() ? results.value("repeat", Json()) : Json();
  about["options"] = json_file(tree_, run, kTestFile);
  about["files"] = Json::array();
  for (const Entry& file : tree_.files_below(run.path(), kMostListed)) {
    about["files"].push_back(
        {{"name", file.name}, {"href", encode_path(file.name)}, {"size", file.size}});
  }
  about["more_files"] = about["files"].size() == kMostListed;
  constexpr std::size_t kMostText = std::size_t{256} << 10U;
  const auto text = tree_.text(run.path() + "/counterexample.txt", kMostText);
  about["counterexample"] = text ? Json(*text) : Json();
  return json(about);
}

Response Router::live(const RunId& run, const Target& target) const {
  // The state first: what is written between the two looks is read, whatever the state says.
  const auto state = state_of(tree_, run);
  if (!state) return not_found();
  std::uint64_t from = 0;
  if (const auto given = target.query.find("from"); given != target.query.end()) {
    const auto offset = whole_number(given->second);
    if (!offset) return refusal(400, "from: expected a whole number of bytes");
    from = *offset;
  }
  const auto history = tree_.file(fmt::format("{}/{}", run.path(), kHistoryFile));
  Json look = history ? look_at(*history, std::min(from, history->size), kinds_)
                      : Json{{"next", 0}, {"more", false}};
  look["run"] = describe_run(tree_, run);
  look["run"]["state"] = to_string(*state);
  return json(look);
}

Response Router::comparison(const Target& target) {
  const auto side = [&](std::string_view name) -> std::optional<RunId> {
    const auto given = target.query.find(name);
    return given == target.query.end() ? std::nullopt : run_of(given->second);
  };
  const auto a = side("a");
  const auto b = side("b");
  if (!a || !b) return refusal(404, "expected a=NAME/TIME and b=NAME/TIME");
  const std::unique_lock turn(comparing_, std::try_to_lock);
  if (turn) return json(compare(tree_, *a, *b, kinds_));
  Response busy = refusal(503, "another comparison is being made; try again soon");
  busy.headers.emplace_back("Retry-After", "1");
  return busy;
}

}  // namespace faultline::serve
