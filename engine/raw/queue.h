// The receive queue of a raw socket, which can only be read by taking it.
#pragma once

#include <string>

#include "engine/image/raw_socket.h"

namespace sockcr {

bool has_packets(int socket);

// Takes everything out, into read.queue. Throws Unsupported for what could not be put back, by name
// and when all that was taken is in read.queue.
void take_queue(int socket, RawSocket& read);

}  // namespace sockcr
