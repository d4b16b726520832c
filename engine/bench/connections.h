// Many connections over lo, in one state.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/sys/descriptor.h"

namespace sockcr::bench {

struct Load {
  int family;          // AF_INET or AF_INET6
  std::size_t unread;  // bytes in the receive queue of ours
};

struct Connections {
  std::vector<FileDescriptor> ours, peers;
};
Connections connect(const Load& load, std::size_t count);

// Brings lo up in the network namespace of this process.
void bring_loopback_up();

// Closes without a word to the peers.
void close_silently(std::vector<FileDescriptor>& sockets);

}  // namespace sockcr::bench
