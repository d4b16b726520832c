// Connections that wait in a listener's queue. Nobody has read or written them, so their queues
// reach back to both ISNs; they are rebuilt by repeating, in the client's name, all that the client
// has said.
#pragma once

#include <vector>

#include "engine/image/tcp_connection.h"
#include "engine/sys/descriptor.h"
#include "engine/tcp/plan.h"

namespace sockcr {

// Takes the connections out of the queue, in its order. The listener has an empty queue afterwards.
std::vector<FileDescriptor> accept_all(int listener);

// `c` was read as any connection. Performed in the order of the queue, after the listener and its
// requests.
Plan plan_build_unaccepted(const TcpConnection& c);

}  // namespace sockcr
