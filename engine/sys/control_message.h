// What stands beside the bytes of a message (cmsg(3)).
#pragma once

#include <sys/socket.h>
#include <cstring>

namespace sockcr {

// The kernel aligns them for nobody.
template <class Value>
Value value_of(const cmsghdr* message) {
  Value value{};
  std::memcpy(&value, CMSG_DATA(message), sizeof value);
  return value;
}

}  // namespace sockcr
