// ZipStream: a stored run as a zip archive, made while it is sent, file by file: what is held in
// memory is one piece of one file. One thread; the tree must outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/serve/http.hpp"
#include "harness/serve/results_tree.hpp"

namespace faultline::serve {

// All regular files below results/<run>, under the folder <run> in the archive. A file that grows
// meanwhile is packed as far as it had come; if one shrinks, the stream ends with an error.
std::unique_ptr<ByteStream> zip_of(const ResultsTree& tree, std::string run);

}  // namespace faultline::serve
