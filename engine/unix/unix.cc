#include "engine/unix/unix.h"

#include <fmt/format.h>

#include "engine/sys/socket_option.h"
#include "engine/unix/name.h"

namespace sockcr {

std::string describe_unix(int socket) {
  const auto type = static_cast<UnixType>(get_option(socket, option::type));
  return fmt::format("unix {} {}", to_text(type), name_text(name_of(socket)));
}

}  // namespace sockcr
