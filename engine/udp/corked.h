// A datagram under construction (UDP_CORK, MSG_MORE). No call reads it; but sent into a closed gate
// that has a tap it is heard, and it goes nowhere.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/gate/tap.h"
#include "engine/image/udp_socket.h"

namespace sockcr {

// Waits a moment for what has been sent and is still on its way.
bool is_corked(int socket);

// Sends what is corked, hears it by `tap`, which belongs to the closed gate, and corks the same
// bytes again. Throws Unsupported, which names `subject`, for one that an image cannot hold or that
// was not heard.
Datagram read_corked(int socket, Tap& tap, const std::string& subject);

// Begins a datagram of these bytes, to the same destination, with the same hop limit and class; by
// UDP_CORK where the socket has it on, else by MSG_MORE.
void begin_corked(int socket, const Datagram& datagram);

// As it would leave, from its IP header on; nothing for what is no UDP or UDP-Lite packet.
std::optional<Datagram> parse_datagram(const Bytes& packet);

}  // namespace sockcr
