#pragma once

#include "engine/image/tcp_connection.h"

namespace sockcr {

// Compares a rebuilt socket, in repair mode, with what it was built from: state, sequence numbers,
// queue lengths, window, negotiated options. Throws Violation with the first difference. (A
// firewall that swallows a forged segment makes every call succeed and the state wrong.)
void verify(int socket, const TcpConnection& wanted);

}  // namespace sockcr
