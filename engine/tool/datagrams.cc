#include "engine/tool/datagrams.h"

#include <algorithm>

#include "engine/kind.h"
#include "engine/process/find.h"
#include "engine/sys/pidfd.h"

namespace sockcr {
namespace {

bool is_of_datagrams(const FoundSocket& found) {
  const Holder& holder = found.holders.front();
  return is_udp(PidFd::open(holder.pid).take(holder.descriptor).get());
}

}  // namespace

bool hold_datagram_sockets(const std::vector<pid_t>& pids) {
  const std::vector<FoundSocket> found = find_sockets(pids);
  return std::any_of(found.begin(), found.end(),
                     [](const FoundSocket& one) { return is_of_datagrams(one); });
}

}  // namespace sockcr
