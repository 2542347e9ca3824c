// The zip archivers that users have, as judges of ours.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

namespace faultline::serve {

// Runs a script of the shell, in which $Z is the archive: how it ended. In a locale in which names
// need not be ASCII.
inline int with_zip(const std::string& zip, const std::string& script) {
  return std::system(("export LC_ALL=C.UTF-8; Z='" + zip + "'; " + script).c_str());
}

struct ZipTool {
  std::string name;
  std::string test;  // reads all of $Z, and fails if something is wrong with it

  bool is_there() const { return with_zip("", "command -v " + name + " >/dev/null") == 0; }
};

inline const std::vector<ZipTool>& zip_tools() {
  static const std::vector<ZipTool> kTools = {
      {"unzip", "unzip -tqq \"$Z\""},
      {"python3",
       "python3 -c 'import sys, zipfile; "
       "sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)' \"$Z\""},
      {"bsdtar", "bsdtar -xOf \"$Z\" >/dev/null && cat \"$Z\" | bsdtar -xOf - >/dev/null"},
  };
  return kTools;
}

}  // namespace faultline::serve
