// The on-disk form: the records that an image of any version may hold; attributes.h has what stands
// in them. Append-only: a released number keeps its name, type and meaning for ever.
//
//   file      magic[8]  record...                      little-endian throughout
//   record    nlmsghdr  attribute...  crc32c[4]        nlmsg_len counts header and attributes, and
//                                                      is a multiple of 4; flags, seq and pid are 0
//   attribute nlattr    payload  zeroes to a multiple of 4
//
// circumstance, then for each socket its state record, the chunks of its queues, its datagrams or
// its messages (each with the chunks of its payload), and its socket_circumstance, then end. All of
// a socket but the last is its *state*: the same socket gives the same bytes. Nothing of the moment
// (inode, pid, clock) may enter them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sockcr {

inline constexpr std::uint8_t image_version = 1;
inline constexpr std::array<std::uint8_t, 8> image_magic{0x89, 'S', 'O', 'C',
                                                         'K',  'C', 'R', image_version};

// Bit 13 of a record's or an attribute's type: a reader that does not know the number must refuse
// the image; without it, it skips. Bits 14 and 15 are netlink's (byte order, nested).
inline constexpr std::uint16_t critical_bit = 1u << 13;

inline constexpr std::uint32_t max_chunk = 32 * 1024;          // payload bytes of a queue chunk
inline constexpr std::uint16_t max_datagram = 65527;           // behind a header of UDP (RFC 768)
inline constexpr std::uint32_t max_record = 16 * 1024 * 1024;  // bytes, header included

// Netlink keeps the types below 0x10 for itself (NLMSG_MIN_TYPE).
enum class Record : std::uint16_t {
  end = 0x10,
  circumstance = 0x11,
  socket_circumstance = 0x12,
  tcp_connection = 0x13,
  queue_chunk = 0x14,
  tcp_listener = 0x15,
  tcp_syn_sent = 0x16,
  tcp_request = 0x17,
  tcp_time_wait = 0x18,
  tcp_unconnected = 0x19,
  udp_socket = 0x1a,
  datagram = 0x1b,
  unix_socket = 0x1c,
  unix_message = 0x1d,
  raw_socket = 0x20,
};

// Where an attribute may stand: a record, or an attribute that holds others.
enum class Scope : std::uint8_t {
  end,
  circumstance,
  socket_circumstance,
  tcp_connection,
  queue_chunk,
  address,
  option,
  holder,
  tcp_listener,
  tcp_syn_sent,
  tcp_request,
  tcp_time_wait,
  tcp_unconnected,
  signed_peer,
  udp_socket,
  datagram,
  unix_socket,
  unix_message,
  unix_right,
  raw_socket,
  membership,
};

// A set of them: an attribute that means the same in several kinds of socket is one row, which may
// gain a scope and never loses one.
class Scopes {
 public:
  constexpr Scopes(Scope one) : bits_(1u << static_cast<unsigned>(one)) {}  // NOLINT: a set of one
  constexpr bool contains(Scope one) const { return (bits_ & Scopes(one).bits_) != 0; }
  friend constexpr Scopes operator|(Scopes a, Scopes b) { return Scopes(a.bits_ | b.bits_); }

 private:
  explicit constexpr Scopes(std::uint32_t bits) : bits_(bits) {}

  std::uint32_t bits_;
};
constexpr Scopes operator|(Scope a, Scope b) { return Scopes(a) | Scopes(b); }

std::string_view name_of(Scope scope);

struct RecordRule {
  Record number;
  Scope scope;
};
// Null for a number that this version does not know. Every record of version 1 is critical.
const RecordRule* find_record(std::uint16_t number);
Record record_of(Scope scope);  // of a record's scope

}  // namespace sockcr
