// What the table of options does not have, and why: a restored socket has a new socket's value.
#pragma once

#include <span>
#include <string_view>

#include "engine/options/table.h"

namespace sockcr {

struct LostOption {
  SocketKinds kinds;
  std::string_view name;
  std::string_view why;
};

// Every option up to Linux 6.18 that a program may set, that changes what its socket does from then
// on, and that is neither in the table nor a part of the socket's value by itself (filters, groups
// of multicast, keys).
std::span<const LostOption> lost_options();

}  // namespace sockcr
