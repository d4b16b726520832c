// Which attribute is which member: the one list behind encode, decode, JSON and diff. A new field
// is a row in attributes.h and a line here.
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

template <class V, class Visit>
requires is_a<V, Address>
void for_each_field(V& address, Visit&& visit) {
  visit(Attribute::address_family, address.family);
  visit(Attribute::address_bytes, address.bytes);
  visit(Attribute::address_port, address.port);
  visit(Attribute::address_scope_id, address.scope_id);
}

template <class V, class Visit>
requires is_a<V, OptionValue>
void for_each_field(V& option, Visit&& visit) {
  visit(Attribute::option_level, option.level);
  visit(Attribute::option_number, option.number);
  visit(Attribute::option_value, option.value);
}

template <class V, class Visit>
requires is_a<V, Holder>
void for_each_field(V& holder, Visit&& visit) {
  visit(Attribute::holder_pid, holder.pid);
  visit(Attribute::holder_descriptor, holder.descriptor);
  visit(Attribute::holder_close_on_exec, holder.close_on_exec);
}

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
  visit(Attribute::mss_clamp, c.negotiated.mss_clamp);
  visit(Attribute::window_scaling, c.negotiated.window_scaling);
  visit(Attribute::snd_wscale, c.negotiated.snd_wscale);
  visit(Attribute::rcv_wscale, c.negotiated.rcv_wscale);
  visit(Attribute::sack, c.negotiated.sack);
  visit(Attribute::timestamps, c.negotiated.timestamps);
  visit(Attribute::clock_microseconds, c.clock.microseconds);
  visit(Attribute::clock_offset, c.clock.offset);
  visit(Attribute::option, c.options);
  visit(Attribute::shut_down_receive, c.shut_down_receive);
}

template <class V, class Visit>
requires is_a<V, SocketCircumstance>
void for_each_field(V& where, Visit&& visit) {
  visit(Attribute::inode, where.inode);
  visit(Attribute::holder, where.holders);
}

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

template <class V, class Visit>
requires is_a<V, End>
void for_each_field(V& end, Visit&& visit) {
  visit(Attribute::records, end.records);
  visit(Attribute::sockets, end.sockets);
}

}  // namespace sockcr
