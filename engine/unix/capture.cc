#include "engine/unix/capture.h"

#include <poll.h>
#include <sys/socket.h>
#include <cerrno>
#include <utility>

#include "engine/options/filter.h"
#include "engine/options/table.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/unix/kinds.h"
#include "engine/unix/name.h"
#include "engine/unix/unix.h"

namespace sockcr {
namespace {

constexpr SocketOption<ucred> peer_credentials{SOL_SOCKET, SO_PEERCRED, "SO_PEERCRED"};

bool has_error(int socket) { return (readiness(socket) & POLLERR) != 0; }

Credentials credentials_of_peer(int socket) {
  const ucred who = get_option(socket, peer_credentials);
  return {who.pid, who.uid, who.gid};
}

// One whom nobody has accepted has no inode, and is not gone: nothing is shut down.
bool peer_is_gone(const UnixSocket& socket, const UnixDiag& diag) {
  if (!diag.connected || diag.peer != 0) return false;
  return socket.type == UnixType::dgram || (diag.shut_down_receive && diag.shut_down_send);
}

}  // namespace

UnixType unix_type_of(int socket) {
  return static_cast<UnixType>(get_option(socket, option::type));
}

CapturedUnix capture_unix(int socket, const UnixDiag& diag) {
  CapturedUnix captured;
  UnixSocket& read = captured.socket;
  read.type = unix_type_of(socket);
  read.name = name_of(socket);
  read.node = node_of(socket, read.name);
  read.listening = diag.listening;
  read.backlog = diag.backlog;
  read.peer_gone = peer_is_gone(read, diag);
  if (read.peer_gone) read.peer_name = peer_name_of(socket);
  read.shut_down_receive = diag.shut_down_receive;
  read.shut_down_send = diag.shut_down_send;
  read.error = has_error(socket) ? ECONNRESET : 0;  // no other is ever pending (af_unix.c)
  read.peer_credentials = credentials_of_peer(socket);
  read.filter = capture_filter(socket);
  read.options = read_options(socket, AF_UNIX, kind_of(read.type));
  captured.peer = diag.peer;
  captured.waiting = diag.waiting;
  const bool may_receive = !read.listening && (diag.connected || read.type == UnixType::dgram);
  if (may_receive) captured.queue = peek_unix_queue(socket, read.type);
  return captured;
}

void refuse_unsupported_unix(int socket, bool leave_running) {
  const bool datagrams = unix_type_of(socket) == UnixType::dgram;
  const bool read_first = datagrams || unix_type_of(socket) == UnixType::seqpacket;
  if (!has_error(socket) || !(datagrams || (leave_running && read_first))) return;
  throw Unsupported("pending error of " + describe_unix(socket),
                    datagrams ? "its peer was connected to somebody else, which is not restored by "
                                "this release"
                              : "it cannot be read and left running, for reading takes it");
}

}  // namespace sockcr
