#include "engine/image/udp_socket.h"

#include <fmt/format.h>
#include <algorithm>

namespace sockcr {

std::string to_text(const UdpSocket& socket) {
  const std::string name =
      fmt::format("{} {}", socket.lite ? "udplite" : "udp", to_text(socket.local));
  return socket.remote.port == 0 ? name : fmt::format("{} > {}", name, to_text(socket.remote));
}

std::string to_text(const Datagram& datagram) {
  return fmt::format("{} > {}, {} bytes", to_text(datagram.source), to_text(datagram.destination),
                     datagram.payload.size());
}

bool shares_its_port(const UdpSocket& socket) {
  return std::any_of(socket.options.begin(), socket.options.end(), [](const OptionValue& one) {
    return one.level == SOL_SOCKET && one.number == SO_REUSEPORT && !one.value.empty() &&
           one.value.front() != 0;
  });
}

}  // namespace sockcr
