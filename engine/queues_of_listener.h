// What waits in a listener's queues: handshakes that are not complete, and connections that nobody
// has accepted. No descriptor refers to either; they are read by taking them out.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engine/image/image.h"
#include "engine/process/diag.h"
#include "engine/sys/descriptor.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/prober.h"

namespace sockcr {

// A listener that a checkpoint has taken.
struct TakenListener {
  int socket;
  TcpListener listener;
  std::uint32_t number;  // in the image, counted from 1
};

// The index of the one that `request` belongs to: as the kernel looks it up, by the address, else
// by the wildcard. Of a SO_REUSEPORT group the first.
std::optional<std::size_t> listener_of(const TcpDiag& request,
                                       std::span<const TakenListener> listeners);

bool has_unaccepted(int listener);

struct ReadQueues {
  std::vector<TcpRequest> requests;         // in the order of `requests` below
  std::vector<TcpConnection> unaccepted;    // in the order of the queue
  std::vector<FileDescriptor> descriptors;  // of all of them, in repair mode
};

// Empties both queues. `prober` is asked only when there are requests.
ReadQueues read_queues(const TakenListener& taken, const std::vector<TcpDiag>& requests,
                       const std::function<Prober&()>& prober,
                       const std::vector<Reading>& readings);

}  // namespace sockcr
