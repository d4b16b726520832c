// The bytes that orphans have still to deliver, read without moving one of them.
#pragma once

#include <string>
#include <vector>

#include "engine/bpf/loaded_object.h"
#include "engine/bpf/seen.h"

namespace sockcr {

struct OrphanQueue {
  SeenSocket socket;    // at the very moment when its queue was read
  Bytes bytes;          // [snd_una, write_seq) without the FIN
  std::string why_not;  // they could not be read; empty when they were
};

// One pass over the calling thread's network namespace. `seen`: an earlier look at the same
// sockets, which tells how much there is.
std::vector<OrphanQueue> read_orphan_queues(const LoadedObject& object,
                                            const std::vector<SeenSocket>& seen);

}  // namespace sockcr
