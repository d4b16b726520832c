#include "engine/unix/queue.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <cerrno>
#include <optional>

#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/unix/peek.h"
#include "engine/unix/stream_queue.h"

// Newer than Debian 12's headers.
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif

namespace sockcr {
namespace {

constexpr int no_offset = -1;  // of SO_PEEK_OFF: every peek begins at the first

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
  return type == UnixType::stream ? peek_stream(socket) : Packets(socket, type).read();
}

}  // namespace sockcr
