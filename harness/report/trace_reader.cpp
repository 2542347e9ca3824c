// Reads a trace into what is drawn of it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/report/space_time.hpp"

namespace faultline {
namespace {

using Json = nlohmann::json;

// Thrown inside this file only: what was expected.
struct Unexpected {
  std::string what;
};

template <class T>
T field(const Json& line, const char* name) {
  const auto found = line.find(name);
  if (found != line.end()) {
    if constexpr (std::is_same_v<T, std::string>) {
      if (found->is_string()) return found->get<std::string>();
    } else if constexpr (std::is_same_v<T, bool>) {
      if (found->is_boolean()) return found->get<bool>();
    } else if (found->is_number_unsigned() || (std::is_signed_v<T> && found->is_number_integer())) {
      return found->get<T>();
    }
  }
  throw Unexpected{fmt::format("expected a field '{}' that is {}", name,
                               std::is_same_v<T, std::string> ? "a text"
                               : std::is_same_v<T, bool>      ? "true or false"
                                                              : "a whole number")};
}

class TraceReader {
 public:
  explicit TraceReader(const SpaceTime::Window& window) { diagram_.window = window; }

  void header(const Json& line) {
    if (!line.is_object() || line.value("faultline-trace", 0) != 1) {
      throw Unexpected{"expected the first line of a trace: {\"faultline-trace\":1,...}"};
    }
    constexpr int kMostNodes = 10'000;
    diagram_.nodes = field<int>(line, "nodes");
    if (diagram_.nodes < 1 || diagram_.nodes > kMostNodes) {
      throw Unexpected{fmt::format("expected 1 to {} nodes", kMostNodes)};
    }
    open_.resize(static_cast<std::size_t>(diagram_.nodes));
    commit_.resize(open_.size());
  }

  // False: what follows is behind the window.
  bool event(const Json& line) {
    if (!line.is_object()) throw Unexpected{"expected a JSON object"};
    const Time at = field<Time>(line, "at");
    const bool behind = at > diagram_.window.to;
    if (line.contains("sent")) {
      if (!behind) sent(line, at);
    } else if (line.contains("arrived")) {
      ended(field<std::uint64_t>(line, "arrived"), at, "");
    } else if (line.contains("lost")) {
      ended(field<std::uint64_t>(line, "lost"), at, field<std::string>(line, "why"));
    } else if (line.contains("is")) {
      if (!behind) node_is(line, at);
    } else if (!behind) {
      status(line, at);
    }
    return !behind || !under_way_.empty();
  }

  // Whatever goes on still when all was read.
  SpaceTime finish() {
    for (auto& [id, message] : under_way_) keep(std::move(message), id);
    for (std::size_t node = 0; node < open_.size(); ++node) {
      for (auto& [phase, stretch] : std::exchange(open_[node], {})) keep(stretch);
    }
    for (auto& [id, message] : kept_) diagram_.messages.push_back(std::move(message));
    return std::move(diagram_);
  }

 private:
  NodeId node_of(const Json& line, const char* name, NodeId least = 0) const {
    const auto node = field<NodeId>(line, name);
    if (node < least || node >= diagram_.nodes) {
      throw Unexpected{fmt::format("expected '{}' from {} to {}", name, least, diagram_.nodes - 1)};
    }
    return node;
  }

  void sent(const Json& line, Time at) {
    SpaceTime::Message message;
    message.from = node_of(line, "from", kClients);
    message.to = node_of(line, "to", kClients);
    message.sent = at;
    message.text = field<std::string>(line, "text");
    under_way_.insert_or_assign(field<std::uint64_t>(line, "sent"), std::move(message));
  }

  // The second copy of a doubled message is not drawn: nobody is under way any more.
  void ended(std::uint64_t id, Time at, std::string why) {
    const auto found = under_way_.find(id);
    if (found == under_way_.end()) return;
    found->second.ended = at;
    found->second.lost = !why.empty();
    found->second.why = std::move(why);
    keep(std::move(found->second), id);
    under_way_.erase(found);
  }

  void node_is(const Json& line, Time at) {
    const NodeId node = node_of(line, "node");
    const auto state = field<std::string>(line, "is");
    if (state == "down") {
      close_all(node, at);
      commit_[static_cast<std::size_t>(node)] = 0;
      open(node, SpaceTime::Phase::down, at);
    } else if (state == "up") {
      close_all(node, at);
    } else if (state == "paused") {
      open(node, SpaceTime::Phase::paused, at);
    } else if (state == "resumed") {
      close(node, SpaceTime::Phase::paused, at);
    } else {
      throw Unexpected{"expected 'is' to be up, down, paused or resumed"};
    }
  }

  void status(const Json& line, Time at) {
    const NodeId node = node_of(line, "node");
    const auto term = field<std::uint64_t>(line, "term");
    const auto index = field<std::uint64_t>(line, "commit");
    auto& stretches = open_[static_cast<std::size_t>(node)];
    const auto leads = stretches.find(SpaceTime::Phase::leader);
    const bool led = leads != stretches.end();
    if (!field<bool>(line, "leader")) {
      close(node, SpaceTime::Phase::leader, at);
    } else if (!led || leads->second.term != term) {
      close(node, SpaceTime::Phase::leader, at);
      open(node, SpaceTime::Phase::leader, at, term);
    }
    std::uint64_t& known = commit_[static_cast<std::size_t>(node)];
    if (index > known && is_inside(at)) diagram_.commits.push_back({node, at, index});
    known = index;
  }

  void open(NodeId node, SpaceTime::Phase phase, Time at, std::uint64_t term = 0) {
    open_[static_cast<std::size_t>(node)].try_emplace(
        phase, SpaceTime::Stretch{node, phase, at, kNever, term});
  }

  void close(NodeId node, SpaceTime::Phase phase, Time at) {
    auto& stretches = open_[static_cast<std::size_t>(node)];
    const auto found = stretches.find(phase);
    if (found == stretches.end()) return;
    found->second.end = at;
    keep(found->second);
    stretches.erase(found);
  }

  void close_all(NodeId node, Time at) {
    for (const auto phase :
         {SpaceTime::Phase::leader, SpaceTime::Phase::paused, SpaceTime::Phase::down}) {
      close(node, phase, at);
    }
  }

  bool is_inside(Time at) const { return diagram_.window.from <= at && at <= diagram_.window.to; }
  bool overlaps(Time begin, Time end) const {
    return begin <= diagram_.window.to && end >= diagram_.window.from;
  }
  void keep(SpaceTime::Message message, std::uint64_t id) {
    if (overlaps(message.sent, message.ended)) kept_.insert_or_assign(id, std::move(message));
  }
  void keep(const SpaceTime::Stretch& stretch) {
    if (overlaps(stretch.begin, stretch.end)) diagram_.stretches.push_back(stretch);
  }

  SpaceTime diagram_;
  std::map<std::uint64_t, SpaceTime::Message> under_way_;
  std::map<std::uint64_t, SpaceTime::Message> kept_;
  std::vector<std::map<SpaceTime::Phase, SpaceTime::Stretch>> open_;  // by node
  std::vector<std::uint64_t> commit_;                                 // by node
};

// Gives the reader every line that is `wanted`, besides the first.
template <class Wanted>
Result<SpaceTime> read(const Source& trace, const SpaceTime::Window& window, Wanted wanted) {
  TraceReader reader(window);
  Lines lines(trace.text());
  Line line;
  bool is_first = true;
  while (lines.next(line)) {
    if (!is_first && !wanted(line.text)) continue;
    const Json json = Json::parse(line.text, nullptr, false);
    if (json.is_discarded()) {
      if (!line.terminated && !is_first) break;  // the end of a run that was killed
      return trace.error(line.offset, "expected JSON: " + excerpt(line.text));
    }
    try {
      if (std::exchange(is_first, false)) {
        reader.header(json);
      } else if (!reader.event(json)) {
        break;
      }
    } catch (const Unexpected& expected) {
      return trace.error(line.offset, expected.what);
    }
  }
  if (is_first) return trace.error(0, "expected a trace, but it is empty");
  return reader.finish();
}

}  // namespace

Result<SpaceTime> read_trace(const Source& trace, const SpaceTime::Window& window) {
  return read(trace, window, [](std::string_view) { return true; });
}

Result<std::vector<SpaceTime::Stretch>> read_leaders(const Source& trace) {
  // The few lines that can tell, out of many: what a message says of itself may look like that.
  auto read_all = read(trace, {0, kNever}, [](std::string_view line) {
    return line.find(R"("leader":)") != line.npos || line.find(R"("is":)") != line.npos;
  });
  if (!read_all) return read_all.error();
  std::vector<SpaceTime::Stretch> leaders;
  for (const SpaceTime::Stretch& stretch : read_all->stretches) {
    if (stretch.phase == SpaceTime::Phase::leader) leaders.push_back(stretch);
  }
  std::stable_sort(leaders.begin(), leaders.end(),
                   [](const auto& a, const auto& b) { return a.begin < b.begin; });
  return leaders;
}

void narrow(SpaceTime& diagram, std::size_t most) {
  auto& messages = diagram.messages;
  if (messages.size() <= most) return;
  messages.erase(messages.begin(), messages.end() - static_cast<std::ptrdiff_t>(most));
  diagram.window.from =
      std::clamp(messages.front().sent, diagram.window.from, diagram.window.to - 1);
}

}  // namespace faultline
