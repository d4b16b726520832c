// Which addresses can be an end of a connection, and which can be bound to.
#pragma once

#include <cstdint>
#include <string>

#include "engine/image/address.h"

namespace sockcr {

bool is_unspecified(const Address& address);  // 0.0.0.0, ::, ::ffff:0.0.0.0

// Why `address` cannot be an end of a connected socket of `domain` (AF_INET, AF_INET6); empty when
// it can.
std::string end_fault(const Address& address, std::uint16_t domain);

// Why a socket of `domain` cannot be bound to `address`, whatever its port. bind(2) takes
// wildcards, and of IPv4 multicast and broadcast too.
std::string bound_fault(const Address& address, std::uint16_t domain);

// Why a socket of `domain` cannot send to `address`, whatever its port. To multicast and broadcast
// it can.
std::string correspondent_fault(const Address& address, std::uint16_t domain);

bool is_multicast(const Address& address);  // a mapped one too
bool is_broadcast(const Address& address);  // 255.255.255.255, a mapped one too

}  // namespace sockcr
