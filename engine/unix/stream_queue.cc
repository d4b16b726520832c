#include "engine/unix/stream_queue.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <cerrno>
#include <optional>

#include "engine/sys/call.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/unix/guarded_memory.h"
#include "engine/unix/peek.h"

namespace sockcr {
namespace {

constexpr std::size_t longest = 128 << 10;  // what one send(2) appends to a stream is below it
constexpr SocketOption<int> pass_credentials{SOL_SOCKET, SO_PASSCRED, "SO_PASSCRED"};

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
  // Mostly as long as the one before.
  bool is_as_long_as_the_last(std::size_t at) {
    return last_ != 0 && try_length(at, last_) == last_ && try_length(at, last_ - 1) == 0;
  }

  std::size_t length_at(std::size_t at) {
    if (is_as_long_as_the_last(at)) return last_;
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
    return last_ = shortest;
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
  std::size_t last_ = 0;
};

}  // namespace

std::vector<PeekedMessage> peek_stream(int socket) { return Stream(socket).read(); }

}  // namespace sockcr
