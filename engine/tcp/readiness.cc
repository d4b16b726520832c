#include "engine/tcp/readiness.h"

#include <fmt/format.h>
#include <poll.h>

#include "engine/sys/call.h"

namespace sockcr {

short readiness(int socket) {
  pollfd entry{socket, POLLIN | POLLRDHUP | POLLPRI, 0};
  call(
      "poll", [&] { return ::poll(&entry, 1, 0); },
      [&] { return fmt::format("[{{fd={}, revents={:#x}}}], 1, 0", socket, entry.revents); });
  return entry.revents;
}

}  // namespace sockcr
