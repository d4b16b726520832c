#pragma once

#include <cstdint>
#include <optional>

#include "engine/image/address.h"

namespace sockcr {

// To whom a raw socket of the calling thread's network namespace is connected, without a port: by
// /proc/net/raw and raw6, for getpeername(2) knows nobody whose port is 0.
std::optional<Address> raw_peer_of(std::uint64_t inode, int domain);

}  // namespace sockcr
