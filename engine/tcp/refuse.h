#pragma once

namespace sockcr {

// Throws Unsupported, by name, for a TCP socket that this release would restore wrongly or not at
// all: a state that has no plan, urgent data that cannot be read, a filter, an upper-layer protocol
// (kTLS), authentication (TCP-AO). Asks only; the socket is as before. (MD5 keys cannot be seen
// from the socket.)
void refuse_unsupported(int socket);

}  // namespace sockcr
