#pragma once

#include <sys/socket.h>
#include <vector>

namespace sockcr {

// A group that some socket of the calling thread's network namespace is a member of.
struct GroupHere {
  sockaddr_storage address{};
  unsigned interface = 0;  // index
};
std::vector<GroupHere> ipv4_groups_here();
std::vector<GroupHere> ipv6_groups_here();

}  // namespace sockcr
