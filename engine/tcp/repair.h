// The TCP_REPAIR calls (Linux 3.5; states other than ESTABLISHED 4.10), one function each.
//
// Needs CAP_NET_ADMIN in the user namespace that owns the socket's network namespace. In repair
// mode a socket goes on receiving, sends nothing of its own queues, and is closed without a word to
// the peer (net/ipv4/tcp.c: __tcp_close). A LISTEN socket refuses repair mode with EPERM.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/image/tcp_connection.h"

namespace sockcr {

enum class RepairQueue : std::uint8_t { none = 0, receive = 1, send = 2 };
enum class WindowProbe : std::uint8_t { no, yes };

// Entering overwrites SO_REUSEADDR with SK_FORCE_REUSE, which lets a rebuilt socket bind beside a
// listener; a socket that is bound already wants its own value kept.
enum class Reuse : std::uint8_t { keep, force };
void enter_repair(int socket, Reuse reuse);
// Leaving overwrites SO_REUSEADDR with 0; this keeps it.
// With a probe an ESTABLISHED socket sends one segment at once, from snd_una - 1.
void leave_repair(int socket, WindowProbe probe);

// SO_PEEK_OFF; nothing where this kernel's TCP has none (before Linux 6.9).
std::optional<int> read_peek_offset(int socket);

// What a capture overwrites, if only for a moment, looked at before it begins.
struct BeforeRepair {
  bool in_repair = false;  // a restored socket is, until it is resumed
  int reuse_address = 0;
  int out_of_band_inline = 0;
  std::optional<int> peek_offset;
};
BeforeRepair before_repair(int socket);
// Back to that, from wherever a capture was interrupted.
void put_back(int socket, const BeforeRepair& before);

void select_queue(int socket, RepairQueue queue);

// rcv_nxt of the receive queue, write_seq of the send queue. Writing needs state CLOSE and an empty
// queue (Linux 5.12; before that the kernel took anything).
Sequence read_queue_sequence(int socket, RepairQueue queue);
void write_queue_sequence(int socket, RepairQueue queue, Sequence sequence);

// Peeks exactly `length` bytes from the front of the queue; throws Violation when SIOCINQ or
// SIOCOUTQ promised another number (a kernel bug seen in the field).
Bytes peek_queue(int socket, RepairQueue queue, std::size_t length);
// Appends to the queue: received and unread, or sent and not acknowledged. `flags` as in send(2):
// MSG_OOB makes the last byte of the send queue urgent.
void fill_queue(int socket, RepairQueue queue, std::span<const std::uint8_t> bytes, int flags = 0);

// The kernel takes the struct only with its own length, which has grown; the length is found out
// once.
Window read_window(int socket);
void write_window(int socket, const Window& window);

// Only in ESTABLISHED before any byte was sent (Linux 5.18).
void write_negotiated(int socket, const Negotiated& negotiated);

}  // namespace sockcr
