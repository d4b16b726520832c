// The attributes, as data: every one that an image of any version may hold. Append-only, as the
// records (records.h).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/image/records.h"

namespace sockcr {

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
  owner,
  listener,
  error,
  ts_recent,
  backlog,
  group_place,
  isn,
  first_syn,
  last_syn,
  snt_isn,
  rcv_isn,
  window,
  remaining_ms,
  ecn,
  receive_urgent,
  urgent_taken,
  send_urgent,
  send_urgent_unknown,
  signed_peer,
  signed_host,
  signed_prefix,
  lite,
  shut_down_send,
  errors_lost,
  datagram_source,
  datagram_destination,
  datagram_interface,
  datagram_hop_limit,
  datagram_traffic_class,
  datagram_flow_label,
  datagram_payload,
  datagram_device,
  filter,
  membership,
  group,
  group_device,
  group_chosen_by,
  group_include,
  group_source,
  in_kernel_order,
  protocol,
  unix_type,
  unix_name,
  node_directory,
  node_unlinked,
  node_mode,
  node_uid,
  node_gid,
  listening,
  peer,
  peer_gone,
  peer_name,
  peer_pid,
  peer_uid,
  peer_gid,
  message_sender,
  message_out_of_band,
  message_credentials,
  message_pid,
  message_uid,
  message_gid,
  right,
  right_socket,
  corked,
  program_id,
  program_tag,
  file_flags,
  file_signal,
  file_owner,
  owner_pid,
};

enum class AttributeType : std::uint8_t { u8, u16, u32, u64, i32, i64, bytes, string, nested };

// How often an attribute stands in its scope. What a later version adds is `optional`, so that its
// readers still take the images of today: absent means 0, and 0 is not written, so that the readers
// of today still take its images of what they know.
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
  Scopes scopes;
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
inline constexpr ValueRange descriptor{0, INT32_MAX}, process{0, 4194304}, owners{0, 2};
inline constexpr ValueRange errno_value{0, 4095}, length{0, INT32_MAX};
inline constexpr ValueRange one_day{0, 86'400'000};  // ms
inline constexpr ValueRange label{0, 0xfffff}, permissions{0, 07777}, types{1, 5};
inline constexpr LengthRange device_name{1, 15};         // IFNAMSIZ
inline constexpr LengthRange instructions{0, 8 * 4096};  // BPF_MAXINSNS
inline constexpr std::string_view scaling = "RFC 7323 2.3", pid_limit = "PID_MAX_LIMIT",
                                  kernel = "include/net/tcp_states.h",
                                  smallest = "an option of 0 is ignored", errors = "MAX_ERRNO",
                                  listen = "listen(2) takes an int",
                                  indices = "an interface index is an int",
                                  ids = "idr_alloc_cyclic gives an int",
                                  timer = "no tcp_fin_timeout is as long";
inline constexpr auto once = Occurs::once, optional = Occurs::optional, many = Occurs::many;

// Sockets by what they have.
inline constexpr Scopes connection = S::tcp_connection, listener = S::tcp_listener;
inline constexpr Scopes syn_sent = S::tcp_syn_sent, request = S::tcp_request;
inline constexpr Scopes time_wait = S::tcp_time_wait;
inline constexpr Scopes two_ends = connection | syn_sent | request | time_wait;
inline constexpr Scopes udp = S::udp_socket, raw = S::raw_socket, datagram = S::datagram;
inline constexpr Scopes program = connection | listener | syn_sent | S::tcp_unconnected | udp | raw;
inline constexpr Scopes sockets = two_ends | program;
inline constexpr Scopes unix = S::unix_socket, message = S::unix_message;
inline constexpr LengthRange sun_path{0, 108};  // sizeof sockaddr_un::sun_path

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

    AttributeRule{A::state, "state", connection | time_wait, T::u8, one, {1, 12}, kernel},
    AttributeRule{A::domain, "domain", sockets, T::u16, two},
    AttributeRule{A::local, "local", sockets, T::nested, any_nest, any, "", once, true, S::address},
    AttributeRule{A::remote, "remote", two_ends | udp | raw, T::nested, any_nest, any, "", once,
                  true, S::address},
    AttributeRule{A::snd_una, "snd_una", connection, T::u32, four},
    AttributeRule{A::snd_nxt, "snd_nxt", connection | time_wait, T::u32, four},
    AttributeRule{A::write_seq, "write_seq", connection, T::u32, four},
    AttributeRule{A::copied_seq, "copied_seq", connection, T::u32, four},
    AttributeRule{A::rcv_nxt, "rcv_nxt", connection | time_wait, T::u32, four},
    AttributeRule{A::window_snd_wl1, "window.snd_wl1", connection, T::u32, four},
    AttributeRule{A::window_snd_wnd, "window.snd_wnd", connection, T::u32, four},
    AttributeRule{A::window_max_window, "window.max_window", connection, T::u32, four},
    AttributeRule{A::window_rcv_wnd, "window.rcv_wnd", connection, T::u32, four},
    AttributeRule{A::window_rcv_wup, "window.rcv_wup", connection, T::u32, four},
    AttributeRule{A::window_extension, "window.extension", connection, T::bytes, {0, 256}},
    AttributeRule{
        A::mss_clamp, "mss_clamp", connection | request, T::u16, two, {1, 65535}, smallest},
    AttributeRule{A::window_scaling, "window_scaling", connection | request, T::u8, one, flag},
    AttributeRule{A::snd_wscale, "snd_wscale", connection | request, T::u8, one, shift, scaling},
    AttributeRule{A::rcv_wscale, "rcv_wscale", connection | request | time_wait, T::u8, one, shift,
                  scaling},
    AttributeRule{A::sack, "sack", connection | request, T::u8, one, flag},
    AttributeRule{A::timestamps, "timestamps", connection | request | time_wait, T::u8, one, flag},
    AttributeRule{A::clock_microseconds, "clock.microseconds", two_ends, T::u8, one, flag},
    AttributeRule{A::clock_offset, "clock.offset", two_ends, T::u32, four},
    AttributeRule{A::option, "option", program | unix, T::nested, any_nest, any, "", many, true,
                  S::option},
    AttributeRule{A::shut_down_receive, "shut_down_receive", connection | udp | raw | unix, T::u8,
                  one, flag},

    AttributeRule{A::owner, "owner", connection, T::u8, one, owners, "", optional},
    AttributeRule{A::listener, "listener", connection | request | unix, T::u32, four, any, "",
                  optional},
    AttributeRule{A::error, "error", connection | unix, T::i32, four, errno_value, errors,
                  optional},
    // A reader that cannot give it back restores the connection as if it could not have been read.
    AttributeRule{A::ts_recent, "ts_recent", connection | request | time_wait, T::u32, four, any,
                  "", optional, false},
    AttributeRule{A::backlog, "backlog", listener | unix, T::u32, four, length, listen},
    AttributeRule{A::group_place, "group_place", listener | udp, T::u32, four},
    AttributeRule{A::isn, "isn", syn_sent, T::u32, four},
    AttributeRule{A::first_syn, "first_syn", syn_sent, T::u32, four},
    AttributeRule{A::last_syn, "last_syn", syn_sent, T::u32, four},
    AttributeRule{A::snt_isn, "snt_isn", request, T::u32, four},
    AttributeRule{A::rcv_isn, "rcv_isn", request, T::u32, four},
    AttributeRule{A::window, "window", time_wait, T::u32, four},
    AttributeRule{A::remaining_ms, "remaining_ms", time_wait, T::u32, four, one_day, timer},
    AttributeRule{A::ecn, "ecn", connection, T::u8, one, flag, "", optional},
    AttributeRule{A::receive_urgent, "receive_urgent", connection, T::u32, four, any, "", optional},
    AttributeRule{A::urgent_taken, "urgent_taken", connection, T::u8, one, flag, "", optional},
    AttributeRule{A::send_urgent, "send_urgent", connection, T::u32, four, any, "", optional},
    // A reader that does not know it restores the connection all the same, and says less.
    AttributeRule{A::send_urgent_unknown, "send_urgent_unknown", connection, T::u8, one, flag, "",
                  optional, false},
    AttributeRule{A::signed_peer, "signed_peer", connection | listener, T::nested, any_nest, any,
                  "", many, true, S::signed_peer},
    AttributeRule{A::signed_host, "host", S::signed_peer, T::nested, any_nest, any, "", once, true,
                  S::address},
    AttributeRule{A::signed_prefix, "prefix", S::signed_peer, T::u8, one, {0, 128}},
    AttributeRule{A::lite, "lite", udp, T::u8, one, flag},
    AttributeRule{A::shut_down_send, "shut_down_send", udp | raw | unix, T::u8, one, flag},
    AttributeRule{A::errors_lost, "errors_lost", udp | raw, T::u8, one, flag},
    AttributeRule{A::datagram_source, "source", datagram, T::nested, any_nest, any, "", once, true,
                  S::address},
    AttributeRule{A::datagram_destination, "destination", datagram, T::nested, any_nest, any, "",
                  once, true, S::address},
    AttributeRule{A::datagram_interface, "interface", datagram, T::u32, four, length, indices},
    AttributeRule{A::datagram_hop_limit, "hop_limit", datagram, T::u8, one},
    AttributeRule{A::datagram_traffic_class, "traffic_class", datagram, T::u8, one},
    AttributeRule{A::datagram_flow_label, "flow_label", datagram, T::u32, four, label,
                  "RFC 8200 6"},
    AttributeRule{A::datagram_payload, "payload", datagram, T::bytes, {0, max_datagram}},
    AttributeRule{A::datagram_device, "device", datagram, T::string, device_name, any, "",
                  optional},
    AttributeRule{A::filter, "filter", program | unix, T::bytes, instructions, any, "", optional},
    AttributeRule{A::membership, "membership", udp | raw, T::nested, any_nest, any, "", many, true,
                  S::membership},
    AttributeRule{A::group, "group", S::membership, T::nested, any_nest, any, "", once, true,
                  S::address},
    AttributeRule{A::group_device, "device", S::membership, T::string, device_name},
    AttributeRule{A::group_chosen_by, "chosen_by", S::membership, T::nested, any_nest, any, "",
                  once, true, S::address},
    AttributeRule{A::group_include, "include", S::membership, T::u8, one, flag},
    AttributeRule{A::group_source, "source", S::membership, T::nested, any_nest, any, "", many,
                  true, S::address},
    AttributeRule{A::in_kernel_order, "in_kernel_order", udp | raw, T::u8, one, flag, "", optional},
    AttributeRule{A::protocol, "protocol", raw, T::u8, one, {1, 255}},
    AttributeRule{A::unix_type, "type", unix, T::u8, one, types, "SOCK_STREAM to SOCK_SEQPACKET"},
    AttributeRule{A::unix_name, "name", unix, T::bytes, sun_path},
    AttributeRule{A::node_directory, "node.directory", unix, T::bytes, {0, 4095}},
    AttributeRule{A::node_unlinked, "node.unlinked", unix, T::u8, one, flag},
    AttributeRule{A::node_mode, "node.mode", unix, T::u32, four, permissions},
    AttributeRule{A::node_uid, "node.uid", unix, T::u32, four},
    AttributeRule{A::node_gid, "node.gid", unix, T::u32, four},
    AttributeRule{A::listening, "listening", unix, T::u8, one, flag},
    AttributeRule{A::peer, "peer", unix, T::u32, four},
    AttributeRule{A::peer_gone, "peer_gone", unix, T::u8, one, flag},
    AttributeRule{A::peer_name, "peer_name", unix, T::bytes, sun_path},
    AttributeRule{A::peer_pid, "peer.pid", unix, T::i32, four, process, pid_limit},
    AttributeRule{A::peer_uid, "peer.uid", unix, T::u32, four},
    AttributeRule{A::peer_gid, "peer.gid", unix, T::u32, four},
    AttributeRule{A::message_sender, "sender", message, T::bytes, sun_path},
    AttributeRule{A::message_out_of_band, "out_of_band", message, T::u8, one, flag},
    AttributeRule{A::message_credentials, "credentials", message, T::u8, one, flag},
    AttributeRule{A::message_pid, "credentials.pid", message, T::i32, four, process, pid_limit},
    AttributeRule{A::message_uid, "credentials.uid", message, T::u32, four},
    AttributeRule{A::message_gid, "credentials.gid", message, T::u32, four},
    AttributeRule{A::right, "right", message, T::nested, any_nest, any, "", many, true,
                  S::unix_right},
    AttributeRule{A::right_socket, "socket", S::unix_right, T::u32, four},
    AttributeRule{A::corked, "corked_datagram", udp, T::nested, any_nest, any, "", many, true,
                  S::datagram},
    AttributeRule{A::program_id, "program_id", program | unix, T::u32, four, length, ids, optional},
    AttributeRule{A::program_tag, "program_tag", program | unix, T::u64, eight, any, "", optional},
    AttributeRule{A::file_flags, "file.flags", program | unix, T::u32, four, any, "", optional},
    AttributeRule{
        A::file_signal, "file.signal", program | unix, T::u8, one, {0, 64}, "_NSIG", optional},
    AttributeRule{A::file_owner, "file.owner", program | unix, T::u8, one, {0, 3}, "", optional},
    AttributeRule{A::owner_pid, "owner_pid", S::socket_circumstance, T::i32, four, process,
                  pid_limit, optional},
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

}  // namespace sockcr
