// A listening socket: what it is is set by ordinary calls; TCP_REPAIR has nothing to do with it
// (EPERM in LISTEN).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/image/tcp_listener.h"
#include "engine/process/diag.h"
#include "engine/tcp/plan.h"
#include "engine/tcp/target.h"

namespace sockcr {

// Asks only; the socket is as before. `group_place` comes from the order of `dump`.
TcpListener capture_listener(int socket, const std::vector<TcpDiag>& dump);

// The group members of one address have to be built in the order of their places, and every
// listener before the connections of its port: bind lets a connection join a listener, and not the
// other way round.
Plan plan_build(const TcpListener& listener, const Target& target);
// Once all that waits in its queues is there.
Plan plan_complete(const TcpListener& listener, const Target& target);

}  // namespace sockcr
