// Result<T>: a value, or an Error that says what went wrong and what to do about it.
// For what can be expected to fail (bad input, a node that does not start); our own bugs assert.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <utility>

namespace faultline {

struct Error {
  std::string message;  // one line, for the user: the place, what was expected, what to do
};

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace faultline
