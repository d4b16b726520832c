// What the kernel tells about unix sockets without their descriptors: unix_diag, in the calling
// thread's network namespace (Linux 3.3, CONFIG_UNIX_DIAG; no privilege).
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace sockcr {

struct UnixDiag {
  bool listening = false;
  bool connected = false;  // or was
  std::uint64_t peer = 0;  // its inode; 0 for one that has gone, or that nobody has accepted yet
  // Of a listener, the clients that nobody has accepted, in their order; 0 for one that has gone.
  std::vector<std::uint64_t> waiting;
  std::uint32_t backlog = 0;  // of a listener
  bool shut_down_receive = false, shut_down_send = false;
};

// Every unix socket that a descriptor or a message refers to, by its inode. Throws Unsupported
// where the kernel was not built with it.
std::map<std::uint64_t, UnixDiag> dump_unix();

}  // namespace sockcr
