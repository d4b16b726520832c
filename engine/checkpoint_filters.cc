// What a checkpoint refuses of sockets with filters.
#include "engine/checkpoint.h"
#include "engine/sys/error.h"

namespace sockcr {

// What waits behind a filter would be forged through it, or be born without it.
void Checkpoint::refuse_filtered(const Pieces& pieces) {
  for (const auto& [listener, requests] : pieces.queues) {
    if (listener.listener.filter.empty()) continue;
    if (requests.empty() && !has_unaccepted(listener.socket)) continue;
    throw Unsupported("a socket filter of what waits in the queue of " + to_text(listener.listener),
                      "not restored by this release");
  }
}

}  // namespace sockcr
