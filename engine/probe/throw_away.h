// A network namespace to try things in.
#pragma once

#include <functional>
#include <string>

namespace sockcr {

struct ThrownAway {
  std::string said;     // what the body wrote to its descriptor
  std::string trouble;  // why it did not begin, or did not reach its end; else empty
};

// Runs `body` in a child with a network namespace of its own, loopback up, and all rights over it:
// in a user namespace too where the caller lacks CAP_SYS_ADMIN. Standard error is closed to it. All
// that it left vanishes with it.
ThrownAway in_throw_away_namespace(const std::function<void(int descriptor)>& body);

}  // namespace sockcr
