#pragma once

#include <string>

namespace sockcr {

// A multicast group that `socket`, an internet socket of datagrams, is a member of: "239.1.2.3 on
// eth0"; empty where it is member of none. By asking about every group of the calling thread's
// network namespace; changes nothing.
std::string find_membership(int socket);

}  // namespace sockcr
