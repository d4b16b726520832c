#include "engine/options/router_alert.h"

#include <netinet/in.h>
#include <cerrno>

#include "engine/sys/error.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

constexpr SocketOption<int> router_alert{IPPROTO_IP, IP_ROUTER_ALERT, "IP_ROUTER_ALERT"};

}  // namespace

bool stands_among_routers(int socket) {
  try {
    set_option(socket, router_alert, 1);
  } catch (const SystemError& error) {
    if (error.error_number() == EADDRINUSE) return true;
    // IPPROTO_RAW hears nothing, and so no alerts.
    if (error.error_number() == EINVAL) return false;
    throw;
  }
  set_option(socket, router_alert, 0);
  return false;
}

}  // namespace sockcr
