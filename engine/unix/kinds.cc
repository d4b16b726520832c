#include "engine/unix/kinds.h"

#include <sys/socket.h>

#include "engine/sys/socket.h"

namespace sockcr {

SocketKinds kind_of(UnixType type) {
  switch (type) {
    case UnixType::stream:
      return socket_kind::unix_stream;
    case UnixType::dgram:
      return socket_kind::unix_dgram;
    case UnixType::seqpacket:
      return socket_kind::unix_seqpacket;
  }
  return 0;
}

std::vector<OptionValue> options_of_new_unix_socket(UnixType type) {
  const FileDescriptor fresh = make_socket(AF_UNIX, static_cast<int>(type), 0);
  return read_options(fresh.get(), AF_UNIX, kind_of(type));
}

}  // namespace sockcr
