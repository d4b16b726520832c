// The names of unix sockets, and the nodes behind them.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include "engine/image/unix_socket.h"
#include "engine/sys/descriptor.h"

namespace sockcr {

UnixName name_of(int socket);       // getsockname(2)
UnixName peer_name_of(int socket);  // getpeername(2), that of one that has gone too

UnixName name_from(const sockaddr_un& address, socklen_t length);
// Fills `address` and returns the length to pass with it.
socklen_t to_sockaddr(const UnixName& name, sockaddr_un& address);

// The node that a path name was bound to, as it is now: an O_PATH descriptor, whatever has become
// of the path (SIOCUNIXFILE, Linux 4.9, CAP_NET_ADMIN over the socket's network namespace).
FileDescriptor open_node(int socket);
std::string path_of(const FileDescriptor& file);  // " (deleted)" behind one that is

// What open_node shows. Throws Unsupported, which names the socket, for a relative name that leads
// through "..".
UnixNode node_of(int socket, const UnixName& name);

}  // namespace sockcr
