// EtcdJsonReader: reads the JSON of one operation of etcd's robustness tests. Keeps its buffers
// from one to the next. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/store/formats/etcd_operation.hpp"

namespace faultline::formats {

class EtcdJsonReader {
 public:
  EtcdJsonReader();
  ~EtcdJsonReader();

  enum class Outcome { good, no_json, bad };
  // `json` must lie in the text of a Source, for the sake of the padding behind it. Bad: it is
  // JSON, but no such operation; expected() then says what it should have.
  Outcome read(std::string_view json, EtcdOperation& out);
  const std::string& expected() const { return expected_; }

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  std::string expected_;
};

}  // namespace faultline::formats
