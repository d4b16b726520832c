// Which attribute is which member, and of which record: the one list behind encode, decode, JSON
// and diff. A new field is a row in attributes.h and a line here.
//
//   for_each_field(connection, [](Attribute attribute, auto& member) { ... });
#pragma once

#include <concepts>
#include <span>
#include <type_traits>

#include "engine/image/attributes.h"
#include "engine/image/image.h"

namespace sockcr {

// Const and mutable values alike.
template <class Given, class Value>
concept is_a = std::same_as<std::remove_const_t<Given>, Value>;

constexpr Scope scope_of(const Address&) { return Scope::address; }
template <class V, class Visit>
requires is_a<V, Address>
void for_each_field(V& address, Visit&& visit) {
  visit(Attribute::address_family, address.family);
  visit(Attribute::address_bytes, address.bytes);
  visit(Attribute::address_port, address.port);
  visit(Attribute::address_scope_id, address.scope_id);
}

constexpr Scope scope_of(const OptionValue&) { return Scope::option; }
template <class V, class Visit>
requires is_a<V, OptionValue>
void for_each_field(V& option, Visit&& visit) {
  visit(Attribute::option_level, option.level);
  visit(Attribute::option_number, option.number);
  visit(Attribute::option_value, option.value);
}

constexpr Scope scope_of(const SignedPeer&) { return Scope::signed_peer; }
template <class V, class Visit>
requires is_a<V, SignedPeer>
void for_each_field(V& peer, Visit&& visit) {
  visit(Attribute::signed_host, peer.host);
  visit(Attribute::signed_prefix, peer.prefix);
}

constexpr Scope scope_of(const Holder&) { return Scope::holder; }
template <class V, class Visit>
requires is_a<V, Holder>
void for_each_field(V& holder, Visit&& visit) {
  visit(Attribute::holder_pid, holder.pid);
  visit(Attribute::holder_descriptor, holder.descriptor);
  visit(Attribute::holder_close_on_exec, holder.close_on_exec);
}

template <class V, class Visit>
requires is_a<V, Negotiated>
void for_each_field(V& negotiated, Visit&& visit) {
  visit(Attribute::mss_clamp, negotiated.mss_clamp);
  visit(Attribute::window_scaling, negotiated.window_scaling);
  visit(Attribute::snd_wscale, negotiated.snd_wscale);
  visit(Attribute::rcv_wscale, negotiated.rcv_wscale);
  visit(Attribute::sack, negotiated.sack);
  visit(Attribute::timestamps, negotiated.timestamps);
}

template <class V, class Visit>
requires is_a<V, TimestampClock>
void for_each_field(V& clock, Visit&& visit) {
  visit(Attribute::clock_microseconds, clock.microseconds);
  visit(Attribute::clock_offset, clock.offset);
}

template <class V, class Visit>
requires is_a<V, SocketFilter>
void for_each_field(V& filter, Visit&& visit) {
  visit(Attribute::filter, filter.code);
  visit(Attribute::program_id, filter.program);
  visit(Attribute::program_tag, filter.program_tag);
}

template <class V, class Visit>
requires is_a<V, OpenFile>
void for_each_field(V& file, Visit&& visit) {
  visit(Attribute::file_flags, file.flags);
  visit(Attribute::file_signal, file.signal);
  visit(Attribute::file_owner, file.owner);
}

constexpr Scope scope_of(const TcpConnection&) { return Scope::tcp_connection; }
// All but the queues, which are records of their own.
template <class V, class Visit>
requires is_a<V, TcpConnection>
void for_each_field(V& c, Visit&& visit) {
  visit(Attribute::state, c.state);
  visit(Attribute::domain, c.domain);
  visit(Attribute::local, c.local);
  visit(Attribute::remote, c.remote);
  visit(Attribute::snd_una, c.snd_una);
  visit(Attribute::snd_nxt, c.snd_nxt);
  visit(Attribute::write_seq, c.write_seq);
  visit(Attribute::copied_seq, c.copied_seq);
  visit(Attribute::rcv_nxt, c.rcv_nxt);
  visit(Attribute::window_snd_wl1, c.window.snd_wl1);
  visit(Attribute::window_snd_wnd, c.window.snd_wnd);
  visit(Attribute::window_max_window, c.window.max_window);
  visit(Attribute::window_rcv_wnd, c.window.rcv_wnd);
  visit(Attribute::window_rcv_wup, c.window.rcv_wup);
  visit(Attribute::window_extension, c.window.extension);
  for_each_field(c.negotiated, visit);
  for_each_field(c.clock, visit);
  visit(Attribute::option, c.options);
  visit(Attribute::shut_down_receive, c.shut_down_receive);
  visit(Attribute::owner, c.owner);
  visit(Attribute::listener, c.listener);
  visit(Attribute::error, c.error);
  visit(Attribute::ts_recent, c.ts_recent);
  visit(Attribute::ecn, c.ecn);
  visit(Attribute::receive_urgent, c.receive_urgent);
  visit(Attribute::urgent_taken, c.urgent_taken);
  visit(Attribute::send_urgent, c.send_urgent);
  visit(Attribute::send_urgent_unknown, c.send_urgent_unknown);
  visit(Attribute::signed_peer, c.signed_peers);
  for_each_field(c.filter, visit);
  for_each_field(c.file, visit);
}

constexpr Scope scope_of(const TcpListener&) { return Scope::tcp_listener; }
template <class V, class Visit>
requires is_a<V, TcpListener>
void for_each_field(V& listener, Visit&& visit) {
  visit(Attribute::domain, listener.domain);
  visit(Attribute::local, listener.local);
  visit(Attribute::backlog, listener.backlog);
  visit(Attribute::group_place, listener.group_place);
  visit(Attribute::option, listener.options);
  visit(Attribute::signed_peer, listener.signed_peers);
  for_each_field(listener.filter, visit);
  for_each_field(listener.file, visit);
}

constexpr Scope scope_of(const TcpSynSent&) { return Scope::tcp_syn_sent; }
template <class V, class Visit>
requires is_a<V, TcpSynSent>
void for_each_field(V& socket, Visit&& visit) {
  visit(Attribute::domain, socket.domain);
  visit(Attribute::local, socket.local);
  visit(Attribute::remote, socket.remote);
  visit(Attribute::isn, socket.isn);
  for_each_field(socket.clock, visit);
  visit(Attribute::first_syn, socket.first_syn);
  visit(Attribute::last_syn, socket.last_syn);
  visit(Attribute::option, socket.options);
  for_each_field(socket.filter, visit);
  for_each_field(socket.file, visit);
}

constexpr Scope scope_of(const TcpRequest&) { return Scope::tcp_request; }
template <class V, class Visit>
requires is_a<V, TcpRequest>
void for_each_field(V& request, Visit&& visit) {
  visit(Attribute::domain, request.domain);
  visit(Attribute::local, request.local);
  visit(Attribute::remote, request.remote);
  visit(Attribute::listener, request.listener);
  visit(Attribute::snt_isn, request.snt_isn);
  visit(Attribute::rcv_isn, request.rcv_isn);
  for_each_field(request.negotiated, visit);
  visit(Attribute::ts_recent, request.ts_recent);
  for_each_field(request.clock, visit);
}

constexpr Scope scope_of(const TcpTimeWait&) { return Scope::tcp_time_wait; }
template <class V, class Visit>
requires is_a<V, TcpTimeWait>
void for_each_field(V& socket, Visit&& visit) {
  visit(Attribute::state, socket.state);
  visit(Attribute::domain, socket.domain);
  visit(Attribute::local, socket.local);
  visit(Attribute::remote, socket.remote);
  visit(Attribute::snd_nxt, socket.snd_nxt);
  visit(Attribute::rcv_nxt, socket.rcv_nxt);
  visit(Attribute::window, socket.window);
  visit(Attribute::rcv_wscale, socket.rcv_wscale);
  visit(Attribute::timestamps, socket.timestamps);
  visit(Attribute::ts_recent, socket.ts_recent);
  for_each_field(socket.clock, visit);
  visit(Attribute::remaining_ms, socket.remaining_ms);
}

constexpr Scope scope_of(const TcpUnconnected&) { return Scope::tcp_unconnected; }
template <class V, class Visit>
requires is_a<V, TcpUnconnected>
void for_each_field(V& socket, Visit&& visit) {
  visit(Attribute::domain, socket.domain);
  visit(Attribute::local, socket.local);
  visit(Attribute::option, socket.options);
  for_each_field(socket.filter, visit);
  for_each_field(socket.file, visit);
}

constexpr Scope scope_of(const Membership&) { return Scope::membership; }
template <class V, class Visit>
requires is_a<V, Membership>
void for_each_field(V& one, Visit&& visit) {
  visit(Attribute::group, one.group);
  visit(Attribute::group_device, one.device);
  visit(Attribute::group_chosen_by, one.chosen_by);
  visit(Attribute::group_include, one.include);
  visit(Attribute::group_source, one.sources);
}

constexpr Scope scope_of(const Datagram&) { return Scope::datagram; }
template <class V, class Visit>
requires is_a<V, Datagram>
void for_each_field(V& datagram, Visit&& visit) {
  visit(Attribute::datagram_source, datagram.source);
  visit(Attribute::datagram_destination, datagram.destination);
  visit(Attribute::datagram_interface, datagram.interface);
  visit(Attribute::datagram_hop_limit, datagram.hop_limit);
  visit(Attribute::datagram_traffic_class, datagram.traffic_class);
  visit(Attribute::datagram_flow_label, datagram.flow_label);
  visit(Attribute::datagram_payload, datagram.payload);
  visit(Attribute::datagram_device, datagram.device);
}

constexpr Scope scope_of(const UdpSocket&) { return Scope::udp_socket; }
// All but the datagrams, which are records of their own.
template <class V, class Visit>
requires is_a<V, UdpSocket>
void for_each_field(V& socket, Visit&& visit) {
  visit(Attribute::lite, socket.lite);
  visit(Attribute::domain, socket.domain);
  visit(Attribute::local, socket.local);
  visit(Attribute::remote, socket.remote);
  visit(Attribute::shut_down_receive, socket.shut_down_receive);
  visit(Attribute::shut_down_send, socket.shut_down_send);
  visit(Attribute::errors_lost, socket.errors_lost);
  visit(Attribute::group_place, socket.group_place);
  visit(Attribute::option, socket.options);
  for_each_field(socket.filter, visit);
  visit(Attribute::membership, socket.memberships);
  visit(Attribute::in_kernel_order, socket.in_kernel_order);
  visit(Attribute::corked, socket.corked);
  for_each_field(socket.file, visit);
}

constexpr Scope scope_of(const RawSocket&) { return Scope::raw_socket; }
// All but the datagrams, as of UdpSocket.
template <class V, class Visit>
requires is_a<V, RawSocket>
void for_each_field(V& socket, Visit&& visit) {
  visit(Attribute::domain, socket.domain);
  visit(Attribute::protocol, socket.protocol);
  visit(Attribute::local, socket.local);
  visit(Attribute::remote, socket.remote);
  visit(Attribute::shut_down_receive, socket.shut_down_receive);
  visit(Attribute::shut_down_send, socket.shut_down_send);
  visit(Attribute::errors_lost, socket.errors_lost);
  visit(Attribute::option, socket.options);
  for_each_field(socket.filter, visit);
  visit(Attribute::membership, socket.memberships);
  visit(Attribute::in_kernel_order, socket.in_kernel_order);
  for_each_field(socket.file, visit);
}

constexpr Scope scope_of(const UnixSocket&) { return Scope::unix_socket; }
// All but the messages, which are records of their own.
template <class V, class Visit>
requires is_a<V, UnixSocket>
void for_each_field(V& socket, Visit&& visit) {
  visit(Attribute::unix_type, socket.type);
  visit(Attribute::unix_name, socket.name);
  visit(Attribute::node_directory, socket.node.directory);
  visit(Attribute::node_unlinked, socket.node.unlinked);
  visit(Attribute::node_mode, socket.node.mode);
  visit(Attribute::node_uid, socket.node.uid);
  visit(Attribute::node_gid, socket.node.gid);
  visit(Attribute::listening, socket.listening);
  visit(Attribute::backlog, socket.backlog);
  visit(Attribute::peer, socket.peer);
  visit(Attribute::peer_gone, socket.peer_gone);
  visit(Attribute::peer_name, socket.peer_name);
  visit(Attribute::listener, socket.listener);
  visit(Attribute::shut_down_receive, socket.shut_down_receive);
  visit(Attribute::shut_down_send, socket.shut_down_send);
  visit(Attribute::error, socket.error);
  visit(Attribute::peer_pid, socket.peer_credentials.pid);
  visit(Attribute::peer_uid, socket.peer_credentials.uid);
  visit(Attribute::peer_gid, socket.peer_credentials.gid);
  visit(Attribute::option, socket.options);
  for_each_field(socket.filter, visit);
  for_each_field(socket.file, visit);
}

constexpr Scope scope_of(const UnixRight&) { return Scope::unix_right; }
template <class V, class Visit>
requires is_a<V, UnixRight>
void for_each_field(V& right, Visit&& visit) { visit(Attribute::right_socket, right.socket); }

constexpr Scope scope_of(const UnixMessage&) { return Scope::unix_message; }
// All but the payload, which is chunks of a queue behind it.
template <class V, class Visit>
requires is_a<V, UnixMessage>
void for_each_field(V& message, Visit&& visit) {
  visit(Attribute::message_sender, message.sender);
  visit(Attribute::message_out_of_band, message.out_of_band);
  visit(Attribute::message_credentials, message.has_credentials);
  visit(Attribute::message_pid, message.credentials.pid);
  visit(Attribute::message_uid, message.credentials.uid);
  visit(Attribute::message_gid, message.credentials.gid);
  visit(Attribute::right, message.rights);
}

inline Scope scope_of(const Socket& socket) {
  return std::visit([](const auto& kind) { return scope_of(kind); }, socket);
}

constexpr Scope scope_of(const SocketCircumstance&) { return Scope::socket_circumstance; }
template <class V, class Visit>
requires is_a<V, SocketCircumstance>
void for_each_field(V& where, Visit&& visit) {
  visit(Attribute::inode, where.inode);
  visit(Attribute::holder, where.holders);
  visit(Attribute::owner_pid, where.owner_pid);
}

constexpr Scope scope_of(const Circumstance&) { return Scope::circumstance; }
template <class V, class Visit>
requires is_a<V, Circumstance>
void for_each_field(V& circumstance, Visit&& visit) {
  visit(Attribute::image_id, circumstance.image_id);
  visit(Attribute::kernel_release, circumstance.kernel_release);
  visit(Attribute::boot_id, circumstance.boot_id);
  visit(Attribute::monotonic_ns, circumstance.monotonic_ns);
  visit(Attribute::realtime_ns, circumstance.realtime_ns);
}

// A run of these is a queue. Numbers are TCP_REPAIR_QUEUE's.
enum class QueueKind : std::uint8_t { receive = 1, send = 2 };

struct QueueChunk {
  QueueKind queue = QueueKind::receive;
  std::uint32_t offset = 0;  // of the payload in the queue
  std::span<const std::uint8_t> payload;
};

constexpr Scope scope_of(const QueueChunk&) { return Scope::queue_chunk; }
template <class V, class Visit>
requires is_a<V, QueueChunk>
void for_each_field(V& chunk, Visit&& visit) {
  visit(Attribute::queue, chunk.queue);
  visit(Attribute::queue_offset, chunk.offset);
  visit(Attribute::queue_payload, chunk.payload);
}

struct End {
  std::uint32_t records = 0;  // before this one
  std::uint32_t sockets = 0;
};

constexpr Scope scope_of(const End&) { return Scope::end; }
template <class V, class Visit>
requires is_a<V, End>
void for_each_field(V& end, Visit&& visit) {
  visit(Attribute::records, end.records);
  visit(Attribute::sockets, end.sockets);
}

}  // namespace sockcr
