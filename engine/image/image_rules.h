// What holds among the sockets of one image, and between a socket and its circumstance: what one
// socket cannot tell alone.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "engine/image/fault.h"
#include "engine/image/image.h"

namespace sockcr {

// The descriptors that the sockets of one image go back to: no two may share one.
class Descriptors {
 public:
  // Claims those of one more socket.
  std::optional<Fault> claim(const SocketCircumstance& where);

 private:
  std::set<std::pair<std::int32_t, std::int32_t>> taken_;  // pid, descriptor
};

// A socket that belongs to a listener's queue, or to nobody, has no descriptor. The other way round
// a program's socket may lack one: a user of the library may hold it himself.
std::optional<Fault> holder_fault(const Socket& socket, const SocketCircumstance& where);

// Only what a descriptor refers to has an open file, and an owner has a number.
std::optional<Fault> file_fault(const Socket& socket, const SocketCircumstance& where);

// What socket `i` (from 0) names among the others is there, and fits: the listener in whose queue
// it waits; of a unix socket its peer, and what its messages carry.
std::optional<Fault> link_fault(const Image& image, std::size_t i);

}  // namespace sockcr
