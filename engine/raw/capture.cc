#include "engine/raw/capture.h"

#include <fmt/format.h>
#include <poll.h>
#include <cerrno>

#include "engine/options/filter.h"
#include "engine/options/table.h"
#include "engine/raw/proc.h"
#include "engine/raw/queue.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

Address host_of(const sockaddr_storage& storage) {
  Address host = from_sockaddr(storage);
  host.port = 0;  // the protocol's number
  return host;
}

// With the port that connect(2) was given, which nobody but getpeername(2) looks at.
Address remote_of(int socket, std::uint64_t inode, int domain) {
  try {
    return from_sockaddr(remote_address(socket));
  } catch (const SystemError& error) {
    if (error.error_number() != ENOTCONN) throw;
  }
  return raw_peer_of(inode, domain).value_or(Address{});
}

}  // namespace

std::string describe_raw(int socket) {
  return fmt::format("a raw socket, protocol {}", get_option(socket, option::protocol));
}

void refuse_unsupported_raw(int socket, bool leave_running) {
  if (!leave_running) return;
  const std::string reason = "it cannot be read and left running, for reading takes it";
  if ((readiness(socket) & POLLERR) != 0) {
    throw Unsupported("pending error of " + describe_raw(socket), reason);
  }
  if (has_packets(socket)) throw Unsupported("the queue of " + describe_raw(socket), reason);
}

// Both directions are told by POLLHUP, reading alone by POLLRDHUP, writing alone by nothing.
RawSocket capture_raw(int socket, std::uint64_t inode) {
  RawSocket read;
  read.domain = static_cast<std::uint16_t>(get_option(socket, option::domain));
  read.protocol = static_cast<std::uint8_t>(get_option(socket, option::protocol));
  read.local = host_of(local_address(socket));
  read.remote = remote_of(socket, inode, read.domain);
  const short ready = readiness(socket);
  read.shut_down_receive = (ready & POLLRDHUP) != 0;
  read.shut_down_send = (ready & POLLHUP) != 0;
  read.errors_lost = (ready & POLLERR) != 0;
  read.options = read_options(socket, read.domain, socket_kind::raw);
  read.filter = capture_filter(socket);
  for (const FoundMembership& one : find_memberships(socket, to_text(read))) {
    read.memberships.push_back(one.membership);
  }
  return read;
}

}  // namespace sockcr
