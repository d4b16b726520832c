#include "engine/tool/datagrams.h"

#include <algorithm>
#include <set>

#include "engine/kind.h"
#include "engine/process/find.h"
#include "engine/sys/pidfd.h"
#include "engine/sys/socket_option.h"

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

std::vector<std::uint8_t> raw_protocols_of(const std::vector<pid_t>& pids) {
  std::set<std::uint8_t> protocols;
  for (const FoundSocket& found : find_sockets(pids)) {
    const Holder& holder = found.holders.front();
    const FileDescriptor socket = PidFd::open(holder.pid).take(holder.descriptor);
    if (!is_raw(socket.get())) continue;
    protocols.insert(static_cast<std::uint8_t>(get_option(socket.get(), option::protocol)));
  }
  return {protocols.begin(), protocols.end()};
}

std::vector<std::uint8_t> raw_protocols_of(const Image& image) {
  std::set<std::uint8_t> protocols;
  for (const Socket& socket : image.sockets) {
    if (const auto* raw = std::get_if<RawSocket>(&socket)) protocols.insert(raw->protocol);
  }
  return {protocols.begin(), protocols.end()};
}

}  // namespace sockcr
