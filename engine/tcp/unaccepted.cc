#include "engine/tcp/unaccepted.h"

#include <poll.h>
#include <algorithm>
#include <cerrno>

#include "engine/gate/gate.h"
#include "engine/sys/socket.h"
#include "engine/tcp/rebuild.h"
#include "engine/tcp/request.h"

namespace sockcr {
namespace {

// The handshake, as its request was.
TcpRequest request_of(const TcpConnection& c) {
  TcpRequest request;
  request.domain = c.domain;
  request.local = c.local;
  request.remote = c.remote;
  request.snt_isn = c.snd_una - 1;
  request.rcv_isn = c.copied_seq - 1;
  request.negotiated = c.negotiated;
  request.ts_recent = c.ts_recent;
  return request;
}

Segment from_client(const TcpConnection& c, std::uint8_t flags, Sequence seq) {
  Segment segment{.from = unmapped(c.remote),
                  .to = unmapped(c.local),
                  .seq = seq,
                  .ack = c.snd_una,
                  .flags = flags,
                  .window = peer_window_field(c),
                  .ip = {.mark = forged_mark}};
  if (c.negotiated.timestamps) segment.timestamps = {c.ts_recent, 0};
  return segment;
}

// As large as the client's own segments most likely were: the window that the kernel grants grows
// with their number and with what it pays for one (tcp_grow_window, tcp_measure_rcv_mss).
std::size_t piece_of(const TcpConnection& c) {
  constexpr std::size_t timestamps_length = 12, most = 65'000, least = 64;
  const std::size_t options = c.negotiated.timestamps ? timestamps_length : 0;
  return std::clamp(c.negotiated.mss_clamp - options, least, most);
}

void say(Plan& plan, const TcpConnection& c, std::span<const std::uint8_t> bytes, Sequence seq,
         std::uint8_t flags) {
  const std::size_t piece = piece_of(c);
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(piece, bytes.size()));
    Segment segment = from_client(c, tcp_flag::ack | tcp_flag::psh | flags, seq);
    segment.payload = part;
    plan.push_back(action::Forge{segment});
    seq += static_cast<Sequence>(part.size());
    bytes = bytes.subspan(part.size());
    flags = 0;
  }
}

// The urgent byte begins a segment: its pointer is 0, as when any connection is rebuilt.
void say_bytes(Plan& plan, const TcpConnection& c) {
  const auto unread = std::span(c.receive_queue);
  if (c.receive_urgent == 0) return say(plan, c, unread, c.copied_seq, 0);
  const std::size_t in_front = c.receive_urgent - 1;
  const Sequence mark = c.copied_seq + c.receive_urgent - 1;
  say(plan, c, unread.first(in_front), c.copied_seq, 0);
  say(plan, c, unread.subspan(in_front), mark, tcp_flag::urg);
}

}  // namespace

std::vector<FileDescriptor> accept_all(int listener) {
  std::vector<FileDescriptor> children;
  while ((readiness(listener) & POLLIN) != 0) children.push_back(accept_socket(listener));
  return children;
}

Plan plan_build_unaccepted(const TcpConnection& c) {
  Plan plan = plan_build(request_of(c));
  plan.push_back(action::Forge{from_client(c, tcp_flag::ack, c.copied_seq)});
  say_bytes(plan, c);
  if (has_received_fin(c)) {
    plan.push_back(action::Forge{from_client(c, tcp_flag::fin | tcp_flag::ack, c.rcv_nxt - 1)});
  }
  if (c.error != 0) {
    plan.push_back(action::Forge{from_client(c, tcp_flag::rst | tcp_flag::ack, c.rcv_nxt)});
    return plan;  // in CLOSE it is hashed no more, and cannot be looked for
  }
  plan.push_back(action::Expect{c.local, c.remote, c.state, c.rcv_nxt - c.copied_seq});
  return plan;
}

}  // namespace sockcr
