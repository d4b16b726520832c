#include "scenarios/runner/guest/processor.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <cstddef>

#include "engine/sys/socket.h"

namespace sockcr::runner {
namespace {

// A name that only one can have, among all users, and that goes with its owner: an abstract one
// (unix(7)). Empty: it is taken.
FileDescriptor take(int processor) {
  const std::string name = fmt::format("sockcr-guest-on-processor-{}", processor);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  FileDescriptor socket = make_socket(AF_UNIX, SOCK_DGRAM, 0);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  return ::bind(socket.get(), where, length) == 0 ? std::move(socket) : FileDescriptor();
}

void keep_to(int processor) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(processor, &only);
  ::sched_setaffinity(0, sizeof only, &only);
}

}  // namespace

FileDescriptor keep_to_a_processor() {
  const int here = ::sched_getcpu();
  cpu_set_t usable;
  if (here < 0 || ::sched_getaffinity(0, sizeof usable, &usable) != 0) return {};
  for (int step = 0; step < CPU_SETSIZE; ++step) {
    const int processor = (here + step) % CPU_SETSIZE;
    if (!CPU_ISSET(processor, &usable)) continue;
    FileDescriptor taken = take(processor);
    if (!taken) continue;
    keep_to(processor);
    return taken;
  }
  keep_to(here);
  return {};
}

}  // namespace sockcr::runner
