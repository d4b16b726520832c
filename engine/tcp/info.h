#pragma once

#include <cstdint>
#include <span>

#include "engine/image/tcp_connection.h"

namespace sockcr {

// The part of TCP_INFO that a checkpoint needs. No privilege; works in every state.
struct TcpInfo {
  TcpState state = TcpState::close;
  bool timestamps = false, microsecond_timestamps = false;
  bool sack = false;
  bool ecn = false;
  bool syn_data = false;  // the SYN of who connected bore bytes that were taken (RFC 7413)
  bool window_scaling = false;
  std::uint8_t snd_wscale = 0, rcv_wscale = 0;
  std::uint32_t snd_mss = 0;  // bytes of payload in a full segment, less every segment's options
  std::uint32_t segments_in = 0;   // every segment that has reached the socket
  std::uint32_t segments_out = 0;  // every one that it has sent (Linux 4.2)
  std::uint32_t rto_us = 0;        // of the retransmission timer, microseconds
  std::uint8_t retransmits = 0;    // how often it has fired for the same data
  std::uint8_t backoff = 0;        // how often it was doubled
  std::uint32_t unsent_bytes = 0;  // write_seq - snd_nxt, the FIN included (Linux 4.6)
  std::uint32_t snd_wnd = 0;       // bytes (Linux 5.4)
  std::uint32_t ack_ago_ms = 0;    // since the last segment that acknowledged anything came
  // Of a listener:
  std::uint32_t backlog = 0;
};

TcpInfo read_info(int socket);
// The same from sock_diag (TcpDiag::info). A shorter struct of an older kernel leaves zeroes.
TcpInfo parse_info(std::span<const std::uint8_t> bytes);

// What the three ioctls count, in sequence space: the FIN is part of `outq` and `unsent`.
struct QueueCounts {
  std::uint32_t inq = 0;     // SIOCINQ: unread bytes
  std::uint32_t outq = 0;    // SIOCOUTQ: write_seq - snd_una
  std::uint32_t unsent = 0;  // SIOCOUTQNSD: write_seq - snd_nxt

  friend bool operator==(const QueueCounts&, const QueueCounts&) = default;
};

QueueCounts read_counts(int socket);

}  // namespace sockcr
