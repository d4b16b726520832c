#include "engine/bpf/seen_values.h"

#include <algorithm>

namespace sockcr {
namespace {

Address address_of(const SeenSocket& seen, const __u8 (&bytes)[16], __u16 port) {
  Address address{.family = seen.family, .bytes = {}, .port = port, .scope_id = 0};
  std::copy(std::begin(bytes), std::end(bytes), address.bytes.begin());
  const bool link_local = seen.family == AF_INET6 && bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
  if (link_local) address.scope_id = seen.interface;
  return address;
}

TcpState state_of(const SeenSocket& seen) { return static_cast<TcpState>(seen.state); }

Negotiated negotiated_of(const SeenSocket& seen) {
  const bool scaling = seen.window_scaling != 0;
  return {.mss_clamp = seen.mss_clamp,
          .window_scaling = scaling,
          .snd_wscale = scaling ? seen.snd_wscale : std::uint8_t{0},
          .rcv_wscale = scaling ? seen.rcv_wscale : std::uint8_t{0},
          .sack = seen.sack != 0,
          .timestamps = seen.timestamps != 0};
}

// As a header carries it. A time-wait socket keeps what is left of the window, a connection where
// it ends.
std::uint32_t advertised(const SeenSocket& seen) {
  constexpr std::uint32_t widest = 65535;
  std::uint32_t open = seen.rcv_wnd;
  if (seen.kind == seen_connection) {
    const std::int32_t left = distance(seen.rcv_nxt, seen.rcv_wup + seen.rcv_wnd);
    open = static_cast<std::uint32_t>(std::max(left, 0));
  }
  return std::min(open >> seen.rcv_wscale, widest) << seen.rcv_wscale;
}

template <class Kind>
Kind between_ends(const SeenSocket& seen) {
  Kind socket;
  socket.domain = seen.family;
  socket.local = local_of(seen);
  socket.remote = remote_of(seen);
  return socket;
}

}  // namespace

Address local_of(const SeenSocket& seen) { return address_of(seen, seen.local, seen.local_port); }

Address remote_of(const SeenSocket& seen) {
  return address_of(seen, seen.remote, seen.remote_port);
}

TimestampClock clock_of(const SeenSocket& seen) {
  return {.microseconds = seen.microseconds != 0, .offset = seen.ts_offset};
}

TcpRequest request_of(const SeenSocket& seen) {
  auto request = between_ends<TcpRequest>(seen);
  request.snt_isn = seen.snt_isn;
  request.rcv_isn = seen.rcv_isn;
  request.negotiated = negotiated_of(seen);
  if (request.negotiated.timestamps) {
    request.ts_recent = seen.ts_recent;
    request.clock = clock_of(seen);
  }
  return request;
}

bool is_time_wait(const SeenSocket& seen) {
  if (seen.kind == seen_time_wait) return true;
  return seen.kind == seen_connection && seen.held == 0 && state_of(seen) == TcpState::fin_wait2;
}

TcpTimeWait time_wait_of(const SeenSocket& seen, std::int64_t tick_ns) {
  auto socket = between_ends<TcpTimeWait>(seen);
  socket.state = state_of(seen);
  socket.snd_nxt = seen.snd_nxt;
  socket.rcv_nxt = seen.rcv_nxt;
  socket.rcv_wscale = seen.rcv_wscale;
  socket.window = advertised(seen);
  // It keeps no flag: with nothing to echo it sends no time stamps (tcp_v4_send_ack).
  socket.timestamps = seen.ts_recent != 0;
  if (socket.timestamps) {
    socket.ts_recent = seen.ts_recent;
    socket.clock = clock_of(seen);
  }
  const std::int64_t remaining = std::max<std::int64_t>(seen.timer, 0) * tick_ns / 1'000'000;
  socket.remaining_ms = static_cast<std::uint32_t>(remaining);
  return socket;
}

bool is_orphan(const SeenSocket& seen) {
  if (seen.kind != seen_connection || seen.held != 0) return false;
  return has_sent_fin(state_of(seen)) && !fin_is_acked(state_of(seen));
}

std::uint32_t queued_bytes(const SeenSocket& orphan) {
  constexpr std::uint32_t fin = 1;
  return orphan.write_seq - orphan.snd_una - fin;
}

std::uint32_t urgent_of(const SeenSocket& seen, const TcpConnection& c) {
  const std::uint32_t bytes = seen.snd_up - c.snd_una;
  return bytes <= c.send_queue.size() ? bytes : 0;
}

TcpConnection connection_of(const SeenSocket& seen, Bytes queue) {
  auto c = between_ends<TcpConnection>(seen);
  c.state = state_of(seen);
  c.owner = Owner::nobody;
  c.snd_una = seen.snd_una;
  c.snd_nxt = seen.snd_nxt;
  c.write_seq = seen.write_seq;
  c.send_queue = std::move(queue);
  c.rcv_nxt = seen.rcv_nxt;
  c.copied_seq = has_received_fin(c.state) ? c.rcv_nxt - 1 : c.rcv_nxt;
  c.send_urgent = urgent_of(seen, c);
  c.window = {.snd_wl1 = seen.snd_wl1,
              .snd_wnd = seen.snd_wnd,
              .max_window = seen.max_window,
              .rcv_wnd = seen.rcv_wnd,
              .rcv_wup = seen.rcv_wup,
              .extension = {}};
  c.negotiated = negotiated_of(seen);
  if (c.negotiated.timestamps) {
    c.ts_recent = seen.ts_recent;
    c.clock = clock_of(seen);
  }
  return c;
}

}  // namespace sockcr
