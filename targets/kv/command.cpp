#include "targets/kv/command.hpp"

#include <fmt/format.h>

#include <limits>

#include "targets/kv/bytes.hpp"

namespace faultline::kv {
namespace {

Error malformed(std::string_view what, std::size_t size) {
  return {
      fmt::format("kv {}: {} bytes that are none (cut short, too long or garbled)", what, size)};
}

}  // namespace

Bytes encode(const Command& command) {
  ByteWriter out;
  out.byte(static_cast<std::uint8_t>(command.kind));
  out.integer(command.session);
  out.natural(command.sequence);
  out.integer(command.key);
  out.integer(command.expected);
  out.integer(command.value);
  return out.take();
}

Bytes encode(const Response& response) {
  ByteWriter out;
  out.byte(static_cast<std::uint8_t>(response.kind));
  out.boolean(response.value.has_value());
  out.integer(response.value.value_or(0));
  out.integer(response.leader);
  return out.take();
}

Result<Command> decode_command(std::string_view bytes) {
  ByteReader in(bytes);
  Command command;
  const std::uint8_t kind = in.byte();
  if (kind > static_cast<std::uint8_t>(Command::Kind::cas)) in.fail();
  command.kind = static_cast<Command::Kind>(kind);
  command.session = in.integer();
  command.sequence = in.natural();
  command.key = in.integer();
  command.expected = in.integer();
  command.value = in.integer();
  if (!in.complete()) return malformed("command", bytes.size());
  return command;
}

Result<Response> decode_response(std::string_view bytes) {
  ByteReader in(bytes);
  Response response;
  const std::uint8_t kind = in.byte();
  if (kind > static_cast<std::uint8_t>(Response::Kind::malformed)) in.fail();
  response.kind = static_cast<Response::Kind>(kind);
  const bool has_value = in.boolean();
  const std::int64_t value = in.integer();
  if (has_value) response.value = value;
  const std::int64_t leader = in.integer();
  if (leader < 0 || leader > std::numeric_limits<NodeId>::max()) in.fail();
  response.leader = static_cast<NodeId>(leader);
  if (!in.complete()) return malformed("response", bytes.size());
  return response;
}

}  // namespace faultline::kv
