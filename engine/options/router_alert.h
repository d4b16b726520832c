// IP_ROUTER_ALERT of a raw socket, where the kernel cannot be asked for it: Linux 6.1 can set it,
// and has no getsockopt for it (do_ip_getsockopt, net/ipv4/ip_sockglue.c).
#pragma once

namespace sockcr {

// Found out by setting it, which is refused where it is on (EADDRINUSE, ip_ra_control); where it
// was off, it is off again afterwards. In between the socket hears what asks for routers' attention
// and is forwarded: its holder is frozen, and the gate closed. No privilege. Throws SystemError.
bool stands_among_routers(int socket);

}  // namespace sockcr
