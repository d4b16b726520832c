#include "engine/udp/refuse.h"

#include <fmt/format.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/udp.h"

namespace sockcr {
namespace {

constexpr std::string_view not_yet = "not restored by this release";

void refuse_encapsulation(int socket) {
  const SocketOption<int> encapsulation{IPPROTO_UDP, UDP_ENCAP, "UDP_ENCAP"};
  const int kind = get_option(socket, encapsulation);
  if (kind == 0) return;
  throw Unsupported(fmt::format("UDP_ENCAP {} of {}", kind, describe_udp(socket)),
                    std::string(not_yet));
}

void refuse_error(int socket) {
  if ((readiness(socket) & POLLERR) == 0) return;
  throw Unsupported("pending error of " + describe_udp(socket),
                    "it cannot be read and left running, for reading takes it");
}

}  // namespace

void refuse_unsupported_udp(int socket, bool leave_running) {
  refuse_encapsulation(socket);
  if (leave_running) refuse_error(socket);
}

}  // namespace sockcr
