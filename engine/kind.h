// What kind of socket a descriptor is, in words.
#pragma once

#include <string>

namespace sockcr {

// "MPTCP", "UDP 0.0.0.0:53", "a netlink socket", "a socket of domain 44, protocol 0".
std::string describe_kind(int socket);

bool is_plain_tcp(int socket);  // TCP over IPv4 or IPv6
bool is_udp(int socket);        // UDP or UDP-Lite, likewise
bool is_raw(int socket);        // of IPv4 or IPv6
bool is_unix(int socket);

}  // namespace sockcr
