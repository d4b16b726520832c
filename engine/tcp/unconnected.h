// A TCP socket that has never been connected.
#pragma once

#include "engine/image/tcp_unconnected.h"
#include "engine/tcp/plan.h"
#include "engine/tcp/target.h"

namespace sockcr {

TcpUnconnected capture_unconnected(int socket);  // asks only

Plan plan_build(const TcpUnconnected& socket, const Target& target);

}  // namespace sockcr
