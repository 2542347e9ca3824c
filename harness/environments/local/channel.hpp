// Channel: messages of JSON, with open files beside them, between two processes of ours on this
// machine (a SOCK_SEQPACKET pair, SCM_RIGHTS). One thread at either end.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "harness/core/result.hpp"
#include "harness/environments/local/file_descriptor.hpp"

namespace faultline::local {

struct Message {
  nlohmann::json body;
  std::vector<FileDescriptor> files;  // of the receiver, close-on-exec; at most kMostFiles
};

class Channel {
 public:
  static constexpr std::size_t kMostFiles = 128;

  explicit Channel(FileDescriptor socket) : socket_(std::move(socket)) {}
  // Both ends of a new one, close-on-exec.
  static Result<std::pair<Channel, Channel>> make_pair();

  // `files` stay the sender's. Error: the other end is gone, or the message is too large.
  Result<void> send(const nlohmann::json& body, const std::vector<int>& files = {});
  // Waits for a message. Error: the other end is gone, or sent what is no message.
  Result<Message> receive();

  int fd() const { return socket_.get(); }  // readable when a message, or the end, is there

 private:
  FileDescriptor socket_;
};

}  // namespace faultline::local
