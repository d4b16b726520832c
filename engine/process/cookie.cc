// In a file of its own: the kernel's header of TCP, which options need, and libnl's of it exclude
// each other.
#include "engine/process/diag.h"
#include "engine/sys/socket_option.h"

namespace sockcr {

Cookie cookie_of(int socket) {
  Cookie cookie{};
  get_option_bytes(socket, SOL_SOCKET, SO_COOKIE, "SO_COOKIE", cookie.data(), sizeof cookie);
  return cookie;
}

}  // namespace sockcr
