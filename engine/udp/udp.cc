#include "engine/udp/udp.h"

#include <fmt/format.h>
#include <netinet/in.h>

#include "engine/image/address.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr {

std::string describe_udp(int socket) {
  const bool lite = get_option(socket, option::protocol) == IPPROTO_UDPLITE;
  return fmt::format("{} {}", lite ? "udplite" : "udp",
                     to_text(from_sockaddr(local_address(socket))));
}

}  // namespace sockcr
