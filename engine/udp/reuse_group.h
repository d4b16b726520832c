// SO_REUSEPORT groups: whose turn it is among sockets of one address.
#pragma once

#include <cstdint>

#include "engine/image/udp_socket.h"
#include "engine/process/diag.h"

namespace sockcr {

// By the order of bind(2), from 0, and how many there are; 1 for a socket that is alone.
struct PlaceInGroup {
  std::uint32_t place = 0;
  std::uint32_t members = 1;
};
PlaceInGroup place_in_group(int socket, const Address& local, const std::vector<UdpDiag>& dump);

// As long as this lives, all that comes to the group comes to this member: by a program of one
// instruction, in whose place none is left behind.
class ChosenMember {
 public:
  ChosenMember(int socket, bool lite);
  ~ChosenMember();
  ChosenMember(const ChosenMember&) = delete;
  ChosenMember& operator=(const ChosenMember&) = delete;

 private:
  int socket_;
};

}  // namespace sockcr
