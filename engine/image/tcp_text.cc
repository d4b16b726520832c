// How each kind of socket is named in errors.
#include <fmt/format.h>

#include "engine/image/image.h"

namespace sockcr {

std::string to_text(const TcpListener& listener) {
  return fmt::format("tcp {} LISTEN", to_text(listener.local));
}

std::string to_text(const TcpSynSent& socket) {
  return fmt::format("tcp {} > {} SYN_SENT", to_text(socket.local), to_text(socket.remote));
}

std::string to_text(const TcpRequest& request) {
  return fmt::format("tcp {} > {} SYN_RECV", to_text(request.local), to_text(request.remote));
}

std::string to_text(const TcpTimeWait& socket) {
  return fmt::format("tcp {} > {} {}", to_text(socket.local), to_text(socket.remote),
                     to_text(socket.state));
}

std::string to_text(const TcpUnconnected& socket) {
  return fmt::format("tcp {} CLOSE", to_text(socket.local));
}

}  // namespace sockcr
