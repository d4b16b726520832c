// What is sent beside TCP: in the name of the peer, and in ours.
#include <algorithm>
#include <limits>

#include "engine/process/diag.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket_option.h"
#include "engine/sys/undisturbed.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/info.h"
#include "engine/tcp/perform.h"
#include "engine/tcp/rebuild.h"

namespace sockcr {
namespace {

// Once the socket itself sends what was unsent, the peer's SACKs make it fill the hole too.
bool is_in_motion(const TcpConnection& c, const QueueCounts& now) {
  return now.unsent != c.write_seq - c.snd_nxt;
}

// One key serves both directions.
void sign(Segment& segment, const std::vector<Md5Key>& keys, const Address& peer) {
  if (const Md5Key* key = key_towards(keys, signed_peer(peer))) segment.md5_key = key->secret;
}

// As of any segment in front of the mark that can name it (tcp_transmit_skb).
void announce_urgent(const TcpConnection& c, Segment& segment) {
  const std::int32_t ahead = distance(segment.seq, c.snd_una + c.send_urgent);
  if (c.send_urgent == 0 || ahead <= 0 || ahead > std::numeric_limits<std::uint16_t>::max()) return;
  segment.flags |= tcp_flag::urg;
  segment.urgent_pointer = static_cast<std::uint16_t>(ahead);
}

// The next of what is in flight, when so many bytes of it were sent.
Segment segment_of(const action::Resend& a, std::size_t sent, std::size_t full) {
  Segment segment{.seq = a.connection->snd_una + static_cast<Sequence>(sent)};
  segment.payload = a.payload.subspan(sent, std::min(full, a.payload.size() - sent));
  const bool last = sent + segment.payload.size() == a.payload.size();
  if (last && !segment.payload.empty()) segment.flags |= tcp_flag::psh;
  if (last && a.fin) segment.flags |= tcp_flag::fin;
  announce_urgent(*a.connection, segment);
  return segment;
}

}  // namespace

// Looked at last of all: in LAST_ACK the peer may have heard everything by now, and what is forged
// for a socket that is gone is answered by a RST.
void Performer::apply(const action::Poke& a) {
  Segment segment = a.segment;
  sign(segment, keys_, segment.from);
  Injector& injector = injectors_->of(segment.to.family);
  injector.prepare(segment);
  const Standing now = look_at(*a.connection);
  if (now.queues.outq == 0) return;
  injector.send_prepared(segment);
  await_segment(*a.connection, now.info.segments_in);
}

void Performer::apply(const action::Ask& a) {
  const TcpConnection& c = *a.connection;
  const Standing now = look_at(c);
  if (now.queues.outq == 0 || is_in_motion(c, now.queues)) return;
  const auto is_still_due = [&] { return look_at(c).queues == now.queues; };
  is_unasked_ = !send_as_ours(c, {.seq = c.snd_una - 1}, is_still_due);
  if (!is_unasked_) await_segment(c, now.info.segments_in);
}

// One more than `before` has come, and TCP has done what follows from it. What is forged may be
// late: lo leaves it to ksoftirqd on a busy machine. A filter may keep it, and a peer need not
// answer; TCP's own timer takes over then.
void Performer::await_segment(const TcpConnection& c, std::uint32_t before) const {
  static_cast<void>(poll_until(std::chrono::milliseconds(200),
                               [&] { return look_at(c).info.segments_in != before; }));
}

// A socket in another state has answered meanwhile, as one whose peer is in the same image and goes
// on before it: an ACK now may find nobody there.
void Performer::acknowledge(const TcpConnection& c) {
  const auto is_still_due = [&] { return look_at(c).info.state == c.state; };
  static_cast<void>(send_as_ours(c, {.seq = c.snd_nxt}, is_still_due));
}

void Performer::apply(const action::Resend& a) {
  const TcpConnection& c = *a.connection;
  if (is_unasked_) return;  // TCP's own timer takes over
  if (a.payload.empty() && !a.fin) return acknowledge(c);
  const std::size_t full = full_segment(c);
  std::size_t sent = 0;
  do {
    const QueueCounts now = look_at(c).queues;
    if (now.outq == 0) return;
    if (c.state == TcpState::last_ack && is_in_motion(c, now)) return;
    const std::size_t acked = c.write_seq - c.snd_una - now.outq;
    sent = std::min(std::max(sent, acked), a.payload.size());
    const Segment segment = segment_of(a, sent, full);
    // In LAST_ACK looked at once more, last of all: what the peer has heard meanwhile it would
    // acknowledge to a socket that is gone. TCP sends the rest by itself.
    const auto is_still_due = [&] {
      return c.state != TcpState::last_ack || look_at(c).queues == now;
    };
    if (!send_as_ours(c, segment, is_still_due)) return;
    sent += segment.payload.size();
  } while (sent < a.payload.size());
}

// The kernel takes what a signature needs off a segment only when it sends one (tcp_current_mss).
std::size_t Performer::full_segment(const TcpConnection& c) const {
  constexpr std::size_t signature = 20;
  const std::size_t mss = look_at(c).info.snd_mss;
  const std::size_t taken = key_towards(keys_, signed_peer(c.remote)) != nullptr ? signature : 0;
  return mss > taken ? mss - taken : 1;
}

Performer::Standing Performer::look_at(const TcpConnection& c) const {
  if (socket_) return {read_counts(socket_.get()), read_info(socket_.get())};
  const auto found = find_tcp(c.local, c.remote);
  if (!found || found->info.empty()) return {};
  const TcpInfo info = parse_info(found->info);
  return {{.inq = found->receive_queue, .outq = found->send_queue, .unsent = info.unsent_bytes},
          info};
}

void Performer::send_as_peer(Segment segment) {
  sign(segment, keys_, segment.from);
  injectors_->of(segment.to.family).send(segment);
}

// The numbers are the image's; the clock is of this very moment. An ACK may make the socket itself
// send, and what bears an older clock than that has none to send: again. A socket that sends each
// time speaks for itself, and nothing is sent in its name.
bool Performer::send_as_ours(const TcpConnection& c, Segment segment,
                             const std::function<bool()>& is_still_due) {
  segment.from = unmapped(c.local);
  segment.to = unmapped(c.remote);
  segment.ip = ip_header_of(c);
  segment.ack = c.rcv_nxt;
  segment.window = our_window_field(c);
  Injector& injector = injectors_->of(segment.to.family);
  const auto sent_by_itself = [&] { return look_at(c).info.segments_out; };
  for (int tries = 0; tries < 8; ++tries) {
    const Undisturbed until_it_is_sent;  // TCP's probe of a lost tail is due within 10 ms
    const std::uint32_t sent_before = sent_by_itself();
    if (c.negotiated.timestamps) segment.timestamps = {clock_of_ours(c), 0};
    sign(segment, keys_, segment.to);
    injector.prepare(segment);
    if (c.negotiated.timestamps && sent_by_itself() != sent_before) continue;
    if (!is_still_due()) return false;
    injector.send_prepared(segment);
    return true;
  }
  return false;
}

// Of an orphan that counts microseconds nobody can ask; it is at most so much above its promise.
std::uint32_t Performer::clock_of_ours(const TcpConnection& c) const {
  if (clock_offset_) return monotonic_ticks(false) + *clock_offset_;
  const std::uint32_t flag_bit = c.clock.microseconds ? 1 : 0;
  constexpr std::uint32_t most_above = 1000;
  if (!socket_) return (monotonic_ticks(true) + clock_.offset + most_above) & ~flag_bit;
  return get_option(socket_.get(), option::timestamp) & ~flag_bit;
}

}  // namespace sockcr
