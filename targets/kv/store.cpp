#include "targets/kv/store.hpp"

#include <fmt/format.h>

#include "targets/kv/bytes.hpp"

namespace faultline::kv {

Response Store::apply(const Command& command) {
  const auto known = sessions_.find(command.session);
  if (known != sessions_.end()) {
    if (command.sequence == known->second.sequence) return known->second.response;
    if (command.sequence < known->second.sequence) return {Response::Kind::superseded, {}, 0};
  }
  const Response response = carry_out(command);
  sessions_.insert_or_assign(command.session, Session{command.sequence, response});
  return response;
}

std::optional<std::int64_t> Store::read(std::int64_t key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

Bytes Store::encode() const {
  ByteWriter out;
  out.natural(values_.size());
  for (const auto& [key, value] : values_) {
    out.integer(key);
    out.integer(value);
  }
  out.natural(sessions_.size());
  for (const auto& [id, session] : sessions_) {
    out.integer(id);
    out.natural(session.sequence);
    out.text(kv::encode(session.response));
  }
  return out.take();
}

Result<Store> Store::decode(std::string_view bytes) {
  ByteReader in(bytes);
  Store store;
  for (std::uint64_t left = in.natural(); left > 0 && !in.failed(); --left) {
    const std::int64_t key = in.integer();
    store.values_.insert_or_assign(key, in.integer());
  }
  for (std::uint64_t left = in.natural(); left > 0 && !in.failed(); --left) {
    const std::int64_t id = in.integer();
    const std::uint64_t sequence = in.natural();
    const Result<Response> response = decode_response(in.text());
    if (!response) in.fail();
    if (response) store.sessions_.insert_or_assign(id, Session{sequence, *response});
  }
  if (!in.complete()) {
    return Error{fmt::format("kv store: {} bytes that are none (cut short, too long or garbled)",
                             bytes.size())};
  }
  return store;
}

Response Store::carry_out(const Command& command) {
  switch (command.kind) {
    case Command::Kind::read: return {Response::Kind::ok, read(command.key), 0};
    case Command::Kind::write: break;
    case Command::Kind::cas:
      if (read(command.key) != command.expected) return {Response::Kind::mismatch, {}, 0};
      break;
  }
  values_.insert_or_assign(command.key, command.value);
  return {};
}

}  // namespace faultline::kv
