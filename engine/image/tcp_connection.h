// What a TCP connection is, as plain values. Sequence numbers and windows in host order and bytes.
//
//   send side                                receive side
//
//       sent      unsent                         unread
//     |---------|----------|F                  |----------|F
//     ^         ^          ^                   ^          ^
//  snd_una   snd_nxt   write_seq            copied_seq  rcv_nxt
//
// F is the FIN, which takes one number of its own and no byte. Where has_sent_fin(c) write_seq lies
// behind the FIN, and snd_nxt too once the FIN has been sent; where has_received_fin(c) rcv_nxt
// lies behind the peer's.
//
// Urgent data is one byte of the stream, wherever it stands (RFC 6093, 3.1): a mark. Each direction
// has at most one, a later one takes its place, and both are counted from the front of the queue:
//
//       ......U....                            ......U....
//     |-------|                                |-------|
//     send_urgent = snd_up - snd_una           receive_urgent = urg_seq + 1 - copied_seq
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/image/address.h"
#include "engine/image/open_file.h"
#include "engine/image/sequence.h"
#include "engine/image/signed_peer.h"
#include "engine/image/socket_filter.h"
#include "engine/image/tcp_state.h"

namespace sockcr {

using Bytes = std::vector<std::uint8_t>;

// TCP_REPAIR_WINDOW (Linux 4.8). Bytes, already scaled; the meaning of each is the kernel's.
struct Window {
  Sequence snd_wl1 = 0;          // sequence number of the segment that last updated snd_wnd
  std::uint32_t snd_wnd = 0;     // the peer's window
  std::uint32_t max_window = 0;  // the largest the peer ever offered
  std::uint32_t rcv_wnd = 0;     // what we advertised, counted from rcv_wup
  Sequence rcv_wup = 0;          // rcv_nxt when we advertised it
  // What a newer kernel appends to the struct: carried as it is, given back only to a kernel whose
  // struct has the same length.
  Bytes extension;

  friend bool operator==(const Window&, const Window&) = default;
};

// What the handshake agreed on (TCP_REPAIR_OPTIONS).
struct Negotiated {
  std::uint16_t mss_clamp = 0;  // the peer's MSS option (or our own limit), bytes
  bool window_scaling = false;
  std::uint8_t snd_wscale = 0, rcv_wscale = 0;  // shifts, 0..14
  bool sack = false;
  bool timestamps = false;

  friend bool operator==(const Negotiated&, const Negotiated&) = default;
};

// Our time-stamp clock (RFC 7323), which must not jump for the peer.
struct TimestampClock {
  bool microseconds = false;  // unit of the clock: tcp_usec_ts (Linux 6.7), else milliseconds
  // TSval minus CLOCK_MONOTONIC in that unit. Reading hides the lowest bit of TSval, so an offset
  // is exact to 2 ticks upward and never low.
  std::uint32_t offset = 0;

  friend bool operator==(const TimestampClock&, const TimestampClock&) = default;
};

// One row of the option table (engine/options) that differs from nothing: all that were read.
struct OptionValue {
  std::int32_t level = 0;
  std::int32_t number = 0;
  Bytes value;  // as getsockopt gave it, little-endian

  friend bool operator==(const OptionValue&, const OptionValue&) = default;
};

// Who a connection belongs to.
enum class Owner : std::uint8_t {
  program = 0,   // descriptors refer to it
  listener = 1,  // it waits in a listener's queue for accept(2)
  nobody = 2,    // its program has closed it, and the kernel still delivers: an orphan
};

std::string_view to_text(Owner owner);  // "program", "listener", "nobody"

struct TcpConnection {
  TcpState state = TcpState::established;
  std::uint16_t domain = AF_INET;  // of the socket; AF_INET6 for a mapped one
  Address local, remote;

  Sequence snd_una = 0;
  Sequence snd_nxt = 0;
  Sequence write_seq = 0;
  Bytes send_queue;  // [snd_una, write_seq) without the FIN: sent bytes, then unsent ones

  Sequence copied_seq = 0;
  Sequence rcv_nxt = 0;
  Bytes receive_queue;  // [copied_seq, rcv_nxt) without the FIN

  Window window;
  Negotiated negotiated;
  TimestampClock clock;  // meaningful when negotiated.timestamps
  std::vector<OptionValue> options;
  bool shut_down_receive = false;  // SHUT_RD was called

  Owner owner = Owner::program;
  std::uint32_t listener = 0;  // of Owner::listener: its number in the image, counted from 1
  // In CLOSE: what SO_ERROR has to tell, once: ECONNRESET, EPIPE (reset behind the peer's FIN),
  // ECONNREFUSED (never connected); any other, a timeout's or what the last ICMP said, comes back
  // as ECONNRESET, for no segment brings it about. 0 for a connection that both sides have closed
  // in order. A reset empties the send queue, and the numbers of such a connection mean nothing to
  // anybody: all three of the send side are equal.
  std::int32_t error = 0;
  std::uint32_t ts_recent = 0;  // the peer's last TSval where it could be read, else 0
  // Negotiated, and lost on purpose: no system call turns it on again. The peer goes on marking its
  // segments as ECN-capable, and hears of no congestion by it (RFC 3168, 6.1.3).
  bool ecn = false;

  // Bytes up to the urgent one and with it; 0 where there is none. A mark that the peer has only
  // announced, and whose byte has not come, is none: its byte comes with an announcement.
  std::uint32_t receive_urgent = 0;
  bool urgent_taken = false;  // MSG_OOB has returned it: it stands in the queue, and is skipped
  std::uint32_t send_urgent = 0;
  bool send_urgent_unknown = false;  // there may be one, and nothing that could be asked told

  // Whose keys a restore has to be given (RFC 2385), by their names.
  std::vector<SignedPeer> signed_peers{};

  SocketFilter filter{};
  OpenFile file{};  // of a program's

  friend bool operator==(const TcpConnection&, const TcpConnection&) = default;
};

// The sets of tcp_state.h, for a connection that may have been reset: then no FIN of ours counts,
// and the peer's only where the error says that one came before (EPIPE).
bool has_sent_fin(const TcpConnection& c);
bool has_received_fin(const TcpConnection& c);
bool fin_is_acked(const TcpConnection& c);

// Counts in sequence space, derived.
std::uint32_t sent_bytes(const TcpConnection& c);    // sent and not acknowledged, without the FIN
std::uint32_t unsent_bytes(const TcpConnection& c);  // queued, never sent, without the FIN
std::uint32_t unread_bytes(const TcpConnection& c);  // received and not read, without the FIN
bool fin_is_unsent(const TcpConnection& c);          // queued behind the data, never sent
bool fin_is_in_flight(const TcpConnection& c);       // sent and not acknowledged

// "tcp 192.0.2.1:7001 > 192.0.2.2:7002 CLOSE_WAIT", for errors.
std::string to_text(const TcpConnection& c);

}  // namespace sockcr
