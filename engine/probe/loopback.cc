#include "engine/probe/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "engine/sys/socket.h"

namespace sockcr {

Loopback Loopback::connect() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* const any_port = reinterpret_cast<const sockaddr*>(&address);
  FileDescriptor listener = make_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  bind_socket(listener.get(), any_port, sizeof address);
  listen_socket(listener.get(), 1);
  const sockaddr_storage bound = local_address(listener.get());
  FileDescriptor client = make_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  connect_socket(client.get(), reinterpret_cast<const sockaddr*>(&bound), sizeof address);
  FileDescriptor server = accept_socket(listener.get());
  return {std::move(listener), std::move(client), std::move(server)};
}

}  // namespace sockcr
