#include "engine/unix/unix.h"

#include <fmt/format.h>
#include <sys/un.h>
#include <cstddef>
#include <cstring>

#include "engine/sys/call.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

std::string type_text(int type) {
  switch (type) {
    case SOCK_STREAM:
      return "stream";
    case SOCK_DGRAM:
      return "dgram";
    case SOCK_SEQPACKET:
      return "seqpacket";
    default:
      return fmt::format("type {}", type);
  }
}

// An abstract name begins with a zero byte and is not terminated: its length is the address's.
std::string name_text(int socket) {
  sockaddr_un address{};
  socklen_t length = sizeof address;
  call(
      "getsockname",
      [&] { return ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length); },
      [&] { return fmt::format("{}", socket); });
  const std::size_t named = length - offsetof(sockaddr_un, sun_path);
  if (length <= offsetof(sockaddr_un, sun_path)) return "without a name";
  if (address.sun_path[0] == '\0') return "@" + std::string(address.sun_path + 1, named - 1);
  return {address.sun_path, ::strnlen(address.sun_path, named)};
}

}  // namespace

std::string describe_unix(int socket) {
  return fmt::format("unix {} {}", type_text(get_option(socket, option::type)), name_text(socket));
}

}  // namespace sockcr
