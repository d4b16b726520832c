// The unread bytes of a socket, and the urgent one among them.
//
//   copied_seq        urg_seq          rcv_nxt      out of line                  SO_OOBINLINE
//     |-----------------U-----------------|
//     |-----------------|                           SIOCINQ, a first peek        a first peek
//     |-----------------------------------|                                      SIOCINQ
//
// Where the two counts differ the mark is in between, and only there, whether its byte was read by
// MSG_OOB or not. Everything here leaves the socket as it was.
#pragma once

#include <cstdint>

#include "engine/image/tcp_connection.h"

namespace sockcr {

struct Unread {
  std::uint32_t bytes = 0;   // all of them, the FIN left out
  std::uint32_t urgent = 0;  // those up to the urgent one and with it; 0 where there is none
  bool taken = false;        // MSG_OOB has returned it

  friend bool operator==(const Unread&, const Unread&) = default;
};

Unread count_unread(int socket);

// Throws Unsupported where what lies behind the mark cannot be peeked: a peek that begins in front
// of it ends there, and begins behind it by SO_PEEK_OFF alone (TCP: Linux 6.9).
void require_all_can_be_peeked(int socket, const Unread& unread);

// In repair mode: `unread.bytes` bytes.
Bytes peek_unread(int socket, const Unread& unread);

// As MSG_OOB would: the byte stands in the queue, and nobody is given it any more.
void take_urgent(int socket);

}  // namespace sockcr
