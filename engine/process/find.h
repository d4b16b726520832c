// Which sockets a process holds, and which descriptors are the same socket.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/image.h"

namespace sockcr {

struct FoundSocket {
  std::uint64_t inode = 0;
  std::vector<Holder> holders;  // every descriptor of every process asked about; never empty
};

// By /proc/PID/fd; two descriptors with one inode are one socket (dup, fork, SCM_RIGHTS). Sockets
// that no process holds are not here, they are sock_diag's (diag.h). In the order of their first
// descriptor. Needs PTRACE_MODE_READ towards each process.
std::vector<FoundSocket> find_sockets(const std::vector<pid_t>& pids);

// Who holds the socket of this inode, whatever process that is: "process 7 (nginx)"; empty where
// nobody does whose descriptors can be seen.
std::string holder_text(std::uint64_t inode);

}  // namespace sockcr
