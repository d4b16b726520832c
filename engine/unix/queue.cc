#include "engine/unix/queue.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "engine/sys/call.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/unix/guarded_memory.h"
#include "engine/unix/name.h"

// Newer than Debian 12's headers.
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif

namespace sockcr {
namespace {

constexpr int no_offset = -1;                 // of SO_PEEK_OFF: every peek begins at the first
constexpr std::size_t longest = 128 << 10;    // what one send(2) appends to a stream is below it
constexpr std::uint32_t overflow_id = 65534;  // of whom this user namespace does not know

constexpr SocketOption<int> pass_credentials{SOL_SOCKET, SO_PASSCRED, "SO_PASSCRED"};
constexpr SocketOption<int> pass_pidfd{SOL_SOCKET, SO_PASSPIDFD, "SO_PASSPIDFD"};

// Linux 6.5; before, there is nothing to switch off.
std::optional<int> look_at(int socket, const SocketOption<int>& which) {
  try {
    return get_option(socket, which);
  } catch (const SystemError& error) {
    if (error.error_number() != ENOPROTOOPT) throw;
    return std::nullopt;
  }
}

// Credentials are told, pidfds are not, and a byte out of band is in its place, as long as this
// lives.
class Peeking {
 public:
  explicit Peeking(int socket) : socket_(socket), before_(before_unix_peeking(socket)) {
    try {
      set_option(socket, pass_credentials, 1);
      if (look_at(socket, pass_pidfd).value_or(0) != 0) set_option(socket, pass_pidfd, 0);
      set_option(socket, option::out_of_band_inline, 1);
    } catch (...) {
      put_back(socket_, before_);
      throw;
    }
  }
  ~Peeking() { put_back(socket_, before_); }
  Peeking(const Peeking&) = delete;
  Peeking& operator=(const Peeking&) = delete;

 private:
  int socket_;
  BeforeUnixPeeking before_;
};

struct Received {
  ssize_t length = 0;
  bool is_message = false;  // and not the end: who sent it is told with every message
  bool cut = false;
  PeekedMessage peeked;
};

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

ssize_t try_receive(int socket, msghdr& header, int flags) {
  return try_call(
      "recvmsg", [&] { return ::recvmsg(socket, &header, flags); },
      [&] { return fmt::format("{}, {{...}}, MSG_PEEK|MSG_DONTWAIT", socket); });
}

// As many rights as a message may have (SCM_MAX_FD), and what else may stand there.
constexpr std::size_t control_size = 4096;

// Nothing where there is nothing: length -1. A pending error comes before a datagram or packet, and
// is pending no more then.
// The kernel is told of `room`.
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

bool has_message(int socket) { return (readiness(socket) & POLLIN) != 0; }

// Datagrams and packets, each by one call.
class Packets {
 public:
  Packets(int socket, UnixType type) : socket_(socket), type_(type), buffer_(64 << 10) {}

  std::vector<PeekedMessage> read() {
    std::vector<PeekedMessage> queue;
    if (has_message(socket_) && queued_bytes(socket_, FIONREAD, "SIOCINQ") == 0) {
      set_option(socket_, option::peek_offset, no_offset);
      if (auto first = next(); first && first->message.payload.empty()) {
        queue.push_back(std::move(*first));
      }
    }
    set_option(socket_, option::peek_offset, 0);
    while (auto one = next()) queue.push_back(std::move(*one));
    return queue;
  }

 private:
  std::optional<PeekedMessage> next() {
    Received received = receive(socket_, buffer_, buffer_.size());
    if (received.length < 0 || !received.is_message) return std::nullopt;
    if (received.cut) return whole(static_cast<std::size_t>(received.length));
    if (type_ != UnixType::dgram) received.peeked.message.sender.clear();
    return std::move(received.peeked);
  }

  // Once more, with room for all of it.
  std::optional<PeekedMessage> whole(std::size_t length) {
    const int passed = static_cast<int>(buffer_.size());
    set_option(socket_, option::peek_offset, get_option(socket_, option::peek_offset) - passed);
    buffer_.resize(length);
    return next();
  }

  int socket_;
  UnixType type_;
  Bytes buffer_;
};

// A copy that runs into memory which is not there stops in front of the message that it is in the
// middle of: what comes back is whole messages, and the smallest buffer that one comes back in is
// as long as the first.
class Stream {
 public:
  explicit Stream(int socket) : socket_(socket), memory_(longest) {}

  std::vector<PeekedMessage> read() {
    const std::optional<std::uint8_t> urgent = urgent_byte();
    std::vector<PeekedMessage> queue;
    // Not beyond the end: there a pending error would be told, and pending no more.
    const auto all = static_cast<std::size_t>(queued_bytes(socket_, FIONREAD, "SIOCINQ"));
    for (std::size_t at = 0; at < all;) {
      queue.push_back(message_at(at, length_at(at)));
      at += queue.back().message.payload.size();
    }
    if (urgent) mark(queue, *urgent);
    return queue;
  }

 private:
  std::size_t length_at(std::size_t at) {
    std::size_t shortest = try_length(at, longest), too_short = 0;
    if (shortest == 0) {
      throw Unsupported("a message of a unix stream",
                        fmt::format("it has more than {} bytes", longest));
    }
    while (shortest - too_short > 1) {
      const std::size_t middle = too_short + (shortest - too_short) / 2;
      const std::size_t length = try_length(at, middle);
      (length == 0 ? too_short : shortest) = length == 0 ? middle : length;
    }
    return shortest;
  }

  // How many bytes of whole messages come back in a buffer of `room`.
  std::size_t try_length(std::size_t at, std::size_t room) {
    set_option(socket_, option::peek_offset, static_cast<int>(at));
    const std::span<std::uint8_t> buffer = memory_.last(room);
    iovec vector{buffer.data(), longest};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    const ssize_t length = try_receive(socket_, header, MSG_PEEK | MSG_DONTWAIT);
    if (length >= 0) return static_cast<std::size_t>(length);
    if (errno == EFAULT || errno == EAGAIN) return 0;
    throw SystemError("recvmsg", fmt::format("{}", socket_), errno);
  }

  // Into a buffer that ends where it should, the next message would add nothing but its rights.
  PeekedMessage message_at(std::size_t at, std::size_t length) {
    set_option(socket_, option::peek_offset, static_cast<int>(at));
    Received received = receive(socket_, memory_.last(length), longest);
    received.peeked.message.sender.clear();
    return std::move(received.peeked);
  }

  std::optional<std::uint8_t> urgent_byte() {
    set_option(socket_, option::out_of_band_inline, 0);
    std::uint8_t byte = 0;
    const auto got = try_call(
        "recvfrom", [&] { return ::recv(socket_, &byte, 1, MSG_OOB | MSG_PEEK | MSG_DONTWAIT); },
        [&] { return fmt::format("{}, \"\"..., 1, MSG_OOB|MSG_PEEK|MSG_DONTWAIT", socket_); });
    set_option(socket_, option::out_of_band_inline, 1);
    return got == 1 ? std::optional(byte) : std::nullopt;
  }

  // It is the first, or a peek that comes from before it stops in front of it. What carries rights
  // stops a peek too, behind itself: of a byte that follows such a message nothing else tells.
  void mark(std::vector<PeekedMessage>& queue, std::uint8_t byte) {
    std::vector<std::size_t> starts;
    std::size_t end = 0;
    for (const PeekedMessage& one : queue) {
      starts.push_back(end);
      end += one.message.payload.size();
    }
    const auto is_it = [&](std::size_t i) {
      return i < queue.size() && queue[i].message.payload == Bytes{byte};
    };
    if (queued_bytes(socket_, SIOCATMARK, "SIOCATMARK") != 0 && is_it(0)) {
      queue[0].message.out_of_band = true;
      return;
    }
    std::optional<std::size_t> behind_rights;
    for (std::size_t i = 1; i < queue.size(); ++i) {
      if (!is_it(i)) continue;
      if (!queue[i - 1].carried.empty()) {
        behind_rights = i;
        continue;
      }
      if (!passes(starts[i - 1], starts[i])) {
        queue[i].message.out_of_band = true;
        return;
      }
    }
    if (behind_rights) queue[*behind_rights].message.out_of_band = true;
  }

  // Whether what begins at `from` is read on beyond `to` by one call.
  bool passes(std::size_t from, std::size_t to) {
    const int told = get_option(socket_, pass_credentials);
    set_option(socket_, pass_credentials, 0);  // or other credentials would stop it
    const std::size_t length = try_length(from, longest);
    set_option(socket_, pass_credentials, told);
    return from + length > to;
  }

  int socket_;
  GuardedMemory memory_;
};

}  // namespace

BeforeUnixPeeking before_unix_peeking(int socket) {
  BeforeUnixPeeking before;
  for (const SocketOption<int>& which :
       {option::peek_offset, option::out_of_band_inline, pass_credentials, pass_pidfd}) {
    if (const auto value = look_at(socket, which)) {
      before.options.push_back({which.number, which.name, *value});
    }
  }
  return before;
}

void put_back(int socket, const BeforeUnixPeeking& before) {
  for (const BeforeUnixPeeking::Told& told : before.options) {
    const SocketOption<int> option{SOL_SOCKET, told.number, told.name};
    if (get_option(socket, option) != told.value) set_option(socket, option, told.value);
  }
}

std::vector<PeekedMessage> peek_unix_queue(int socket, UnixType type) {
  const Peeking peeking(socket);
  return type == UnixType::stream ? Stream(socket).read() : Packets(socket, type).read();
}

}  // namespace sockcr
