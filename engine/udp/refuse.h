#pragma once

namespace sockcr {

// Throws Unsupported, by name, for a UDP or UDP-Lite socket that this release would restore wrongly
// or not at all: an encapsulation (UDP_ENCAP),
// a filter of eBPF. With `leave_running` also for a pending error, which reading
// takes. Asks only; the socket is as before. (A program that chooses among a SO_REUSEPORT group
// cannot be seen from the socket, nor can the error queue be told from a pending error.)
void refuse_unsupported_udp(int socket, bool leave_running);

}  // namespace sockcr
