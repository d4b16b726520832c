// The receive queue of a raw socket, which can only be read by taking it.
#pragma once

#include <vector>

#include "engine/image/raw_socket.h"

namespace sockcr {

bool has_packets(int socket);

// Throws Unsupported, by name, for a queue of which is known before it is taken that some of it
// could not be put back: of a protocol that this machine handles itself, or of a member of groups.
void refuse_untakable_queue(int socket, const RawSocket& read);

// Takes everything out, into read.queue. Throws Unsupported, by name and when all that was taken is
// in read.queue, for what could not be put back.
void take_queue(int socket, RawSocket& read);

// Without what could not be put back.
std::vector<Datagram> what_can_be_put_back(const RawSocket& read);

}  // namespace sockcr
