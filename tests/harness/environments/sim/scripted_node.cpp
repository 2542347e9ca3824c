#include "tests/harness/environments/sim/scripted_node.hpp"

#include <sstream>

namespace faultline::sim {
namespace {

class ScriptedNode final : public Node {
 public:
  explicit ScriptedNode(Script& script) : script_(script) {}

  void start(std::span<const Bytes> durable, Time, Effects& out) override {
    std::string line = "start";
    for (const Bytes& record : durable) line += " " + record;
    script_.seen.push_back(line);
    carry_out(script_.on_start, 0, out);
  }
  void receive(NodeId from, std::string_view message, Time, Effects& out) override {
    script_.seen.push_back("msg " + node_name(from) + " " + std::string(message));
    carry_out(message, 0, out);
  }
  void request(RequestId id, std::string_view request, Time, Effects& out) override {
    script_.seen.push_back("req " + std::string(request));
    carry_out(request, id, out);
  }
  void tick(Time now, Effects&) override {
    ++script_.ticks;
    script_.last_tick = now;
  }
  NodeStatus status() const override { return {true, 7}; }

 private:
  static void carry_out(std::string_view words, RequestId request, Effects& out) {
    std::istringstream in{std::string(words)};
    for (std::string word; in >> word;) {
      const std::size_t colon = std::min(word.find(':'), word.size() - 1);
      const std::string rest = word.substr(colon + 1);
      if (word.starts_with("write:")) out.write(rest);
      if (word == "sync") out.sync();
      if (word.starts_with("rewrite:")) out.rewrite({rest});
      if (word.starts_with("send:")) out.send(rest[0] - '1', rest.substr(2));
      if (word.starts_with("reply:")) out.reply(request, rest);
      if (word.starts_with("log:")) out.log.push_back(rest);
    }
  }

  Script& script_;
};

}  // namespace

std::unique_ptr<Node> scripted_node(Script& script) {
  return std::make_unique<ScriptedNode>(script);
}

}  // namespace faultline::sim
