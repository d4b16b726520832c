#include "engine/unix/peek.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/sys/call.h"
#include "engine/unix/name.h"

namespace sockcr {
namespace {

constexpr std::uint32_t overflow_id = 65534;  // of whom this user namespace does not know

// As many rights as a message may have (SCM_MAX_FD), and what else may stand there.
constexpr std::size_t control_size = 4096;

void read_credentials(const cmsghdr* each, UnixMessage& message) {
  ucred who{};
  std::memcpy(&who, CMSG_DATA(each), sizeof who);
  message.has_credentials = who.pid != 0 || who.uid != overflow_id || who.gid != overflow_id;
  if (message.has_credentials) message.credentials = {who.pid, who.uid, who.gid};
}

void take_rights(const cmsghdr* each, std::vector<FileDescriptor>& carried) {
  const std::size_t number = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (std::size_t i = 0; i < number; ++i) {
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(each) + i * sizeof descriptor, sizeof descriptor);
    carried.emplace_back(descriptor);
  }
}

void read_control(msghdr& header, PeekedMessage& into) {
  for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
    if (each->cmsg_level != SOL_SOCKET) continue;
    if (each->cmsg_type == SCM_CREDENTIALS) read_credentials(each, into.message);
    if (each->cmsg_type == SCM_RIGHTS) take_rights(each, into.carried);
  }
}

}  // namespace

ssize_t try_receive(int socket, msghdr& header, int flags) {
  return try_call(
      "recvmsg", [&] { return ::recvmsg(socket, &header, flags); },
      [&] { return fmt::format("{}, {{...}}, MSG_PEEK|MSG_DONTWAIT", socket); });
}

Received receive(int socket, std::span<std::uint8_t> buffer, std::size_t room) {
  alignas(cmsghdr) std::array<std::uint8_t, control_size> control{};
  sockaddr_un sender{};
  iovec vector{buffer.data(), room};
  msghdr header{.msg_name = &sender,
                .msg_namelen = sizeof sender,
                .msg_iov = &vector,
                .msg_iovlen = 1,
                .msg_control = control.data(),
                .msg_controllen = control.size(),
                .msg_flags = 0};
  Received received;
  const auto again = [&] {
    return try_receive(socket, header, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC);
  };
  received.length = again();
  if (received.length < 0 && errno == ECONNRESET) received.length = again();
  if (received.length < 0) {
    if (errno == EAGAIN) return received;
    throw SystemError("recvmsg", fmt::format("{}", socket), errno);
  }
  received.cut = (header.msg_flags & MSG_TRUNC) != 0;
  received.is_message = header.msg_controllen > 0;
  read_control(header, received.peeked);
  received.peeked.message.sender = name_from(sender, header.msg_namelen);
  const auto used = std::min<std::size_t>(static_cast<std::size_t>(received.length), buffer.size());
  received.peeked.message.payload.assign(buffer.begin(), buffer.begin() + std::ptrdiff_t(used));
  return received;
}

}  // namespace sockcr
