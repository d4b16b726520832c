// The on-disk form, as data: every record and every attribute that an image of any version may
// hold. Append-only: a released number keeps its name, type and meaning for ever.
//
//   file      magic[8]  record...                      little-endian throughout
//   record    nlmsghdr  attribute...  crc32c[4]        nlmsg_len counts header and attributes, and
//                                                      is a multiple of 4; flags, seq and pid are 0
//   attribute nlattr    payload  zeroes to a multiple of 4
//
// circumstance, then for each socket its state record, the chunks of its queues and its
// socket_circumstance, then end. The state record and the chunks are the socket's *state*: the same
// socket gives the same bytes. Nothing of the moment (inode, pid, clock) may enter them.
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
inline constexpr std::uint32_t max_record = 16 * 1024 * 1024;  // bytes, header included

// Netlink keeps the types below 0x10 for itself (NLMSG_MIN_TYPE).
enum class Record : std::uint16_t {
  end = 0x10,
  circumstance = 0x11,
  socket_circumstance = 0x12,
  tcp_connection = 0x13,
  queue_chunk = 0x14,
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
};

enum class Attribute : std::uint16_t {
  records = 1,
  sockets,
  image_id,
  kernel_release,
  boot_id,
  monotonic_ns,
  realtime_ns,
  inode,
  holder,
  holder_pid,
  holder_descriptor,
  holder_close_on_exec,
  queue,
  queue_offset,
  queue_payload,
  address_family,
  address_bytes,
  address_port,
  address_scope_id,
  option_level,
  option_number,
  option_value,
  state,
  domain,
  local,
  remote,
  snd_una,
  snd_nxt,
  write_seq,
  copied_seq,
  rcv_nxt,
  window_snd_wl1,
  window_snd_wnd,
  window_max_window,
  window_rcv_wnd,
  window_rcv_wup,
  window_extension,
  mss_clamp,
  window_scaling,
  snd_wscale,
  rcv_wscale,
  sack,
  timestamps,
  clock_microseconds,
  clock_offset,
  option,
  shut_down_receive,
};

enum class AttributeType : std::uint8_t { u8, u16, u32, u64, i32, i64, bytes, string, nested };

// How often an attribute stands in its scope. What a later version adds is `optional`, so that its
// readers still take the images of today.
enum class Occurs : std::uint8_t { once, optional, many };

struct ValueRange {
  std::int64_t min = INT64_MIN;
  std::uint64_t max = UINT64_MAX;
};

struct LengthRange {
  std::uint16_t min = 0, max = 0;  // bytes of payload
};

struct AttributeRule {
  Attribute number;
  std::string_view name;
  Scope scope;
  AttributeType type;
  LengthRange length;
  ValueRange range{};         // of integers
  std::string_view source{};  // who says so, for the message of a refusal
  Occurs occurs = Occurs::once;
  bool critical = true;
  Scope inside = Scope::end;  // of nested: the scope of what it holds
};

namespace table {

using A = Attribute;
using S = Scope;
using T = AttributeType;

inline constexpr LengthRange one{1, 1}, two{2, 2}, four{4, 4}, eight{8, 8}, any_nest{0, 65532};
inline constexpr ValueRange any{}, flag{0, 1}, shift{0, 14}, not_negative{0, INT64_MAX};
inline constexpr ValueRange descriptor{0, INT32_MAX}, process{0, 4194304};
inline constexpr std::string_view scaling = "RFC 7323 2.3", pid_limit = "PID_MAX_LIMIT",
                                  kernel = "include/net/tcp_states.h",
                                  smallest = "an option of 0 is ignored";
inline constexpr auto once = Occurs::once, many = Occurs::many;

inline constexpr std::array attributes{
    AttributeRule{A::records, "records", S::end, T::u32, four},
    AttributeRule{A::sockets, "sockets", S::end, T::u32, four},

    AttributeRule{A::image_id, "image_id", S::circumstance, T::u64, eight},
    AttributeRule{A::kernel_release, "kernel_release", S::circumstance, T::string, {0, 64}},
    AttributeRule{A::boot_id, "boot_id", S::circumstance, T::string, {0, 36}},
    AttributeRule{A::monotonic_ns, "monotonic_ns", S::circumstance, T::i64, eight, not_negative},
    AttributeRule{A::realtime_ns, "realtime_ns", S::circumstance, T::i64, eight, not_negative},

    AttributeRule{A::inode, "inode", S::socket_circumstance, T::u64, eight},
    AttributeRule{A::holder, "holder", S::socket_circumstance, T::nested, any_nest, any, "", many,
                  true, S::holder},
    AttributeRule{A::holder_pid, "pid", S::holder, T::i32, four, process, pid_limit},
    AttributeRule{A::holder_descriptor, "descriptor", S::holder, T::i32, four, descriptor},
    AttributeRule{A::holder_close_on_exec, "close_on_exec", S::holder, T::u8, one, flag},

    AttributeRule{A::queue, "queue", S::queue_chunk, T::u8, one, {1, 2}, "TCP_REPAIR_QUEUE"},
    AttributeRule{A::queue_offset, "offset", S::queue_chunk, T::u32, four},
    AttributeRule{A::queue_payload, "payload", S::queue_chunk, T::bytes, {1, max_chunk}},

    AttributeRule{A::address_family, "family", S::address, T::u16, two},
    AttributeRule{A::address_bytes, "bytes", S::address, T::bytes, {16, 16}},
    AttributeRule{A::address_port, "port", S::address, T::u16, two},
    AttributeRule{A::address_scope_id, "scope_id", S::address, T::u32, four},

    AttributeRule{A::option_level, "level", S::option, T::i32, four, descriptor},
    AttributeRule{A::option_number, "number", S::option, T::i32, four, descriptor},
    AttributeRule{A::option_value, "value", S::option, T::bytes, {0, 32768}},

    AttributeRule{A::state, "state", S::tcp_connection, T::u8, one, {1, 12}, kernel},
    AttributeRule{A::domain, "domain", S::tcp_connection, T::u16, two},
    AttributeRule{A::local, "local", S::tcp_connection, T::nested, any_nest, any, "", once, true,
                  S::address},
    AttributeRule{A::remote, "remote", S::tcp_connection, T::nested, any_nest, any, "", once, true,
                  S::address},
    AttributeRule{A::snd_una, "snd_una", S::tcp_connection, T::u32, four},
    AttributeRule{A::snd_nxt, "snd_nxt", S::tcp_connection, T::u32, four},
    AttributeRule{A::write_seq, "write_seq", S::tcp_connection, T::u32, four},
    AttributeRule{A::copied_seq, "copied_seq", S::tcp_connection, T::u32, four},
    AttributeRule{A::rcv_nxt, "rcv_nxt", S::tcp_connection, T::u32, four},
    AttributeRule{A::window_snd_wl1, "window.snd_wl1", S::tcp_connection, T::u32, four},
    AttributeRule{A::window_snd_wnd, "window.snd_wnd", S::tcp_connection, T::u32, four},
    AttributeRule{A::window_max_window, "window.max_window", S::tcp_connection, T::u32, four},
    AttributeRule{A::window_rcv_wnd, "window.rcv_wnd", S::tcp_connection, T::u32, four},
    AttributeRule{A::window_rcv_wup, "window.rcv_wup", S::tcp_connection, T::u32, four},
    AttributeRule{A::window_extension, "window.extension", S::tcp_connection, T::bytes, {0, 256}},
    AttributeRule{A::mss_clamp, "mss_clamp", S::tcp_connection, T::u16, two, {1, 65535}, smallest},
    AttributeRule{A::window_scaling, "window_scaling", S::tcp_connection, T::u8, one, flag},
    AttributeRule{A::snd_wscale, "snd_wscale", S::tcp_connection, T::u8, one, shift, scaling},
    AttributeRule{A::rcv_wscale, "rcv_wscale", S::tcp_connection, T::u8, one, shift, scaling},
    AttributeRule{A::sack, "sack", S::tcp_connection, T::u8, one, flag},
    AttributeRule{A::timestamps, "timestamps", S::tcp_connection, T::u8, one, flag},
    AttributeRule{A::clock_microseconds, "clock.microseconds", S::tcp_connection, T::u8, one, flag},
    AttributeRule{A::clock_offset, "clock.offset", S::tcp_connection, T::u32, four},
    AttributeRule{A::option, "option", S::tcp_connection, T::nested, any_nest, any, "", many, true,
                  S::option},
    AttributeRule{A::shut_down_receive, "shut_down_receive", S::tcp_connection, T::u8, one, flag},
};

constexpr bool numbers_are_rows() {
  for (std::size_t row = 0; row < attributes.size(); ++row) {
    if (static_cast<std::size_t>(attributes[row].number) != row + 1) return false;
  }
  return true;
}
static_assert(numbers_are_rows(), "the table is append-only: row N describes attribute N");

}  // namespace table

constexpr const AttributeRule& rule_of(Attribute attribute) {
  return table::attributes[static_cast<std::size_t>(attribute) - 1];
}

// Null for a number that this version does not know.
const AttributeRule* find_rule(std::uint16_t number);

std::string_view name_of(Scope scope);

struct RecordRule {
  Record number;
  Scope scope;
};
// Null for a number that this version does not know. Every record of version 1 is critical.
const RecordRule* find_record(std::uint16_t number);

}  // namespace sockcr
