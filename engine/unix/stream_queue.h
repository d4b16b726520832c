#pragma once

#include <vector>

#include "engine/unix/queue.h"

namespace sockcr {

// The messages of a stream, as long as credentials are told and a byte out of band is in its place
// (SO_PASSCRED, SO_OOBINLINE).
std::vector<PeekedMessage> peek_stream(int socket);

}  // namespace sockcr
