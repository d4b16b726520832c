// The urgent byte of a send queue, of which no call tells: heard from the socket itself.
#pragma once

#include "engine/tcp/heard.h"
#include "engine/tcp/prober.h"

namespace sockcr {

// Writes what a segment of the connection says about send_urgent into `c`: every segment in front
// of the mark names it, as far as 16 bits reach (tcp_transmit_skb).
void learn_urgent(const HeardSegment& heard, TcpConnection& c);

// Makes the socket of `c`, in repair mode behind a closed gate, send a window probe, which begins
// in front of all that is undelivered, and hears it through the gate's tap. Only in ESTABLISHED
// does a socket send one when asked: elsewhere, and where none is heard, the mark stays unknown.
void ask_for_urgent(int socket, TcpConnection& c, Prober& prober);

}  // namespace sockcr
