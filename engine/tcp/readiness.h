#pragma once

namespace sockcr {

// What poll(2) tells about the socket now: POLLIN, POLLRDHUP, POLLPRI, POLLERR among others.
// Destroys nothing: a pending error stays pending.
short readiness(int socket);

}  // namespace sockcr
