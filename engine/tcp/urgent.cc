#include "engine/tcp/urgent.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/repair.h"

namespace sockcr {
namespace {

// SO_OOBINLINE, as long as it lives.
class Inlined {
 public:
  Inlined(int socket, bool on)
      : socket_(socket), before_(get_option(socket, option::out_of_band_inline)) {
    if (before_ != int{on}) set_option(socket_, option::out_of_band_inline, int{on});
  }
  ~Inlined() {
    try {
      set_option(socket_, option::out_of_band_inline, before_);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "while putting SO_OOBINLINE back: %s\n", error.what());
    }
  }
  Inlined(const Inlined&) = delete;
  Inlined& operator=(const Inlined&) = delete;

 private:
  int socket_;
  int before_;
};

// SO_PEEK_OFF, as long as it lives. -1: peeks begin in front, as where the option is not known.
class PeekOffset {
 public:
  explicit PeekOffset(int socket) : socket_(socket), before_(read_peek_offset(socket)) {
    if (before_) begin_at(-1);
  }
  ~PeekOffset() {
    try {
      if (before_) begin_at(*before_);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "while putting SO_PEEK_OFF back: %s\n", error.what());
    }
  }
  PeekOffset(const PeekOffset&) = delete;
  PeekOffset& operator=(const PeekOffset&) = delete;

  void begin_at(int offset) const { set_option(socket_, option::peek_offset, offset); }

 private:
  int socket_;
  std::optional<int> before_;
};

std::uint32_t count(int socket) {
  return static_cast<std::uint32_t>(std::max(queued_bytes(socket, SIOCINQ, "SIOCINQ"), 0));
}

// EINVAL tells that there is none, or that it was read; a byte, or in CLOSE ENOTCONN, that it waits
// (tcp_recv_urg).
bool urgent_waits(int socket) {
  const Inlined out_of_line(socket, false);
  std::uint8_t byte = 0;
  try {
    static_cast<void>(receive_bytes(socket, {&byte, 1}, MSG_OOB | MSG_PEEK | MSG_DONTWAIT));
    return true;
  } catch (const SystemError& error) {
    return error.error_number() != EINVAL;
  }
}

// At the mark itself a peek begins, and inline it goes past it.
bool mark_divides(const Unread& unread) { return unread.urgent > 1; }

}  // namespace

Unread count_unread(int socket) {
  std::uint32_t all = 0, before_mark = 0;
  {
    const Inlined in_line(socket, true);
    all = count(socket);
  }
  {
    const Inlined out_of_line(socket, false);
    before_mark = count(socket);
  }
  if (all == before_mark) return {.bytes = all};
  return {.bytes = all, .urgent = before_mark + 1, .taken = !urgent_waits(socket)};
}

void require_all_can_be_peeked(int socket, const Unread& unread) {
  if (!mark_divides(unread) || read_peek_offset(socket)) return;
  throw Unsupported("urgent data behind other unread bytes",
                    "reading past its mark needs SO_PEEK_OFF of TCP (Linux 6.9)");
}

Bytes peek_unread(int socket, const Unread& unread) {
  if (unread.bytes == 0) return {};
  const PeekOffset offset(socket);
  const Inlined in_line(socket, true);
  if (!mark_divides(unread)) return peek_queue(socket, RepairQueue::receive, unread.bytes);
  Bytes bytes = peek_queue(socket, RepairQueue::receive, unread.urgent - 1);
  offset.begin_at(static_cast<int>(bytes.size()));
  const Bytes behind = peek_queue(socket, RepairQueue::receive, unread.bytes - bytes.size());
  bytes.insert(bytes.end(), behind.begin(), behind.end());
  return bytes;
}

void take_urgent(int socket) {
  const Inlined out_of_line(socket, false);
  std::uint8_t byte = 0;
  receive_bytes(socket, {&byte, 1}, MSG_OOB | MSG_DONTWAIT);
}

}  // namespace sockcr
