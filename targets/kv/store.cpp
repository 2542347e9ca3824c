#include "targets/kv/store.hpp"

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
