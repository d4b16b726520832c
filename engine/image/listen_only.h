// An image of a server that starts afresh where it stood: its listeners are kept, its connections
// come back closed. That is what is left to do where a connection cannot move with its program, to
// another address say, or where the peers are better told to connect again than kept waiting.
#pragma once

#include "engine/image/image.h"

namespace sockcr {

// Listeners and sockets that were never connected stay as they are. What a program holds of a
// connection, or of an attempt at one, becomes a connection in CLOSE at the same descriptors, as if
// both sides had closed it: the program reads the end of file and gets EPIPE when it writes. What
// no descriptor refers to is left out, requests, unaccepted connections, orphans and time-waits;
// its peer, as that of a closed one, gets a RST with the next segment that it sends.
Image listen_only(Image image);

}  // namespace sockcr
