#include "engine/tcp/perform.h"

#include <fmt/format.h>
#include <algorithm>
#include <cerrno>
#include <limits>

#include "engine/options/filter.h"
#include "engine/options/table.h"
#include "engine/process/diag.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/info.h"
#include "engine/tcp/rebuild.h"
#include "engine/tcp/urgent.h"
#include "engine/tcp/verify.h"

namespace sockcr {
namespace {

// Once the socket itself sends what was unsent, the peer's SACKs make it fill the hole too.
bool is_in_motion(const TcpConnection& c, const QueueCounts& now) {
  return now.unsent != c.write_seq - c.snd_nxt;
}

// MSG_OOB makes the last byte urgent, of whatever part is taken at last.
void send_all(int socket, std::span<const std::uint8_t> bytes, int flags) {
  while (!bytes.empty()) bytes = bytes.subspan(send_bytes(socket, bytes, flags | MSG_DONTWAIT));
}

// An IPv4 socket stands in the way of a mapped one, and the other way round.
std::optional<TcpDiag> holder_of(const Address& local, const Address& remote) {
  for (TcpDiag& one : dump_tcp()) {
    const bool same_ends =
        unmapped(one.local) == unmapped(local) && unmapped(one.remote) == unmapped(remote);
    if (same_ends) return std::move(one);
  }
  return std::nullopt;
}

std::string who_is_in_the_way(const Address& local, const Address& remote) {
  const auto holder = holder_of(local, remote);
  if (!holder) {
    return fmt::format("is {} an address of this network namespace, and the port free?",
                       to_text(local));
  }
  const std::string whose =
      holder->inode == 0 ? "which no program holds" : fmt::format("socket:[{}]", holder->inode);
  return fmt::format("{} > {} in {} is in the way ({}): once it is gone the image can be restored",
                     to_text(holder->local), to_text(holder->remote), to_text(holder->state),
                     whose);
}

template <class Call>
void with_holder_named(const Address& local, const Address& remote, const Call& make) {
  try {
    make();
  } catch (const SystemError& error) {
    if (error.error_number() != EADDRINUSE && error.error_number() != EADDRNOTAVAIL) throw;
    throw error.advise(who_is_in_the_way(local, remote));
  }
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

}  // namespace

void Performer::perform(const Action& action) {
  if (Trace* trace = Trace::current()) trace->remark(to_text(action));
  try {
    std::visit([this](const auto& a) { apply(a); }, action);
  } catch (const SystemError& error) {
    throw error.about(fmt::format("{}, to {}", subject_, to_text(action)));
  }
}

void Performer::perform(const Plan& plan) {
  for (const Action& action : plan) perform(action);
}

void Performer::apply(const action::MakeSocket& a) {
  socket_ = make_socket(a.domain, SOCK_STREAM, IPPROTO_TCP);
}

void Performer::apply(const action::WriteOption& a) {
  const OptionRow* row = find_option(a.value.level, a.value.number);
  if (row == nullptr) {
    throw Unsupported(fmt::format("option {}/{}", a.value.level, a.value.number),
                      "not in this release's table");
  }
  std::string missing = write_option(socket_.get(), *row, a.value);
  if (!missing.empty()) losses_.push_back(std::move(missing));
}

void Performer::apply(const action::SignWith& a) {
  write_md5_key(socket_.get(), get_option(socket_.get(), option::domain), a.key);
  keys_.push_back(a.key);
}

void Performer::apply(const action::AllowMapped&) { set_option(socket_.get(), option::v6_only, 0); }

void Performer::apply(const action::EnterRepair& a) { enter_repair(socket_.get(), a.reuse); }

void Performer::apply(const action::Bind& a) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.local, storage);
  const int freebind = get_option(socket_.get(), option::free_bind);
  if (a.even_if_gone) set_option(socket_.get(), option::free_bind, 1);
  with_holder_named(a.local, {.family = a.local.family, .bytes = {}}, [&] {
    bind_socket(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length);
  });
  if (a.even_if_gone) set_option(socket_.get(), option::free_bind, freebind);
}

void Performer::apply(const action::SetSequence& a) {
  write_queue_sequence(socket_.get(), a.queue, a.sequence);
}

void Performer::apply(const action::LimitMss& a) {
  set_option(socket_.get(), option::max_segment, a.bytes);
}

void Performer::apply(const action::Connect& a) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.remote, storage);
  select_queue(socket_.get(), RepairQueue::none);
  with_holder_named(from_sockaddr(local_address(socket_.get())), a.remote, [&] {
    connect_socket(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length);
  });
}

void Performer::apply(const action::SetNegotiated& a) {
  write_negotiated(socket_.get(), a.negotiated);
}

void Performer::apply(const action::SetClock& a) {
  clock_ = a.clock;
  clock_offset_ = write_clock(socket_.get(), a.clock);
}

void Performer::apply(const action::FillQueue& a) {
  if (a.urgent != 0) fill_up_to_the_mark(a.bytes.first(a.urgent));
  fill_queue(socket_.get(), a.queue, a.bytes.subspan(a.urgent));
  select_queue(socket_.get(), RepairQueue::none);
}

// A segment at a time, as TCP itself would have queued them: cutting up what is longer,
// segmentation offload gives all parts the pointer of the first one (tcp_gso_segment).
void Performer::fill_up_to_the_mark(std::span<const std::uint8_t> bytes) {
  const std::size_t full = std::max<std::size_t>(read_info(socket_.get()).snd_mss, 1);
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(full, bytes.size()));
    fill_queue(socket_.get(), RepairQueue::send, part, MSG_OOB);
    bytes = bytes.subspan(part.size());
  }
}

void Performer::apply(const action::TakeUrgent&) { take_urgent(socket_.get()); }

void Performer::apply(const action::SetWindow& a) { write_window(socket_.get(), a.window); }

void Performer::apply(const action::ShutDownWrite& a) {
  if (a.fin_counts_as_sent) select_queue(socket_.get(), RepairQueue::send);
  shut_down_socket(socket_.get(), SHUT_WR);
  select_queue(socket_.get(), RepairQueue::none);
}

void Performer::apply(const action::ShutDownRead&) { shut_down_socket(socket_.get(), SHUT_RD); }

void Performer::apply(const action::Forge& a) { send_as_peer(a.segment); }

void Performer::apply(const action::WriteUnsent& a) {
  leave_repair(socket_.get(), WindowProbe::no);
  try {
    send_all(socket_.get(), a.bytes.first(a.urgent), MSG_OOB);
    send_all(socket_.get(), a.bytes.subspan(a.urgent), 0);
  } catch (...) {
    // Closed outside repair mode it would live on as an orphan and hold the addresses.
    enter_repair(socket_.get(), Reuse::keep);
    throw;
  }
  enter_repair(socket_.get(), Reuse::keep);
}

void Performer::apply(const action::AttachFilter& a) { attach(socket_.get(), a.filter); }

void Performer::apply(const action::Verify& a) { verify(socket_.get(), *a.wanted); }

void Performer::apply(const action::Listen& a) {
  listen_socket(socket_.get(), static_cast<int>(a.backlog));
}

void Performer::apply(const action::ConnectAloud& a) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(a.remote, storage);
  set_nonblocking(socket_.get(), true);
  begin_connecting(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length);
  connected_at_ = monotonic_ticks(false);
  set_nonblocking(socket_.get(), false);
}

// retrans_stamp is the clock at connect, which came before connected_at_; so first_syn in the new
// clock is not before it.
void Performer::apply(const action::FollowFirstSyn& a) {
  const std::uint32_t start = a.microseconds ? connected_at_ * 1000 : connected_at_;
  constexpr std::uint32_t rounding = 2;  // write_clock may come out that much higher
  static_cast<void>(write_clock(socket_.get(), {a.microseconds, a.first - start - rounding}));
}

void Performer::apply(const action::AwaitClock& a) {
  const auto is_past = [&] {
    const std::uint32_t now = get_option(socket_.get(), option::timestamp);
    return static_cast<std::int32_t>(now - a.last) > 0;
  };
  if (poll_until(std::chrono::minutes(10), is_past)) return;
  throw Violation("time-stamp clock of " + subject_, fmt::format("past {}", a.last),
                  fmt::format("{}", get_option(socket_.get(), option::timestamp)));
}

void Performer::apply(const action::LingerFor& a) {
  set_option(socket_.get(), option::linger2, a.seconds);
}

void Performer::apply(const action::LetGo&) { socket_.reset(); }

void Performer::apply(const action::Expect& a) {
  const auto found = find_tcp(a.local, a.remote);
  const std::string wanted = fmt::format("{}, {} unread", to_text(a.state), a.unread);
  if (!found) throw Violation(subject_, wanted, "no such socket");
  if (found->state == a.state && found->receive_queue == a.unread) return;
  throw Violation(subject_, wanted,
                  fmt::format("{}, {} unread", to_text(found->state), found->receive_queue));
}

void Performer::apply(const action::LeaveRepair& a) { leave_repair(socket_.get(), a.probe); }

// Looked at last of all: in LAST_ACK the peer may have heard everything by now, and what is forged
// for a socket that is gone is answered by a RST.
void Performer::apply(const action::Poke& a) {
  Segment segment = a.segment;
  sign(segment, keys_, segment.from);
  Injector& injector = injectors_->of(segment.to.family);
  injector.prepare(segment);
  if (look_at(*a.connection).queues.outq != 0) injector.send_prepared(segment);
}

void Performer::apply(const action::Ask& a) {
  const TcpConnection& c = *a.connection;
  const Standing now = look_at(c);
  if (now.queues.outq == 0 || is_in_motion(c, now.queues)) return;
  static_cast<void>(send_as_ours(c, {.seq = c.snd_una - 1}));
  // No answer is an answer too: TCP's own timer takes over.
  static_cast<void>(poll_until(std::chrono::milliseconds(200), [&] {
    return look_at(c).info.segments_in != now.info.segments_in;
  }));
}

void Performer::apply(const action::Resend& a) {
  const TcpConnection& c = *a.connection;
  if (a.payload.empty() && !a.fin) {
    // A socket in another state has answered meanwhile, as one whose peer is in the same image and
    // goes on before it: an ACK now may find nobody there.
    const auto is_still_due = [&] { return look_at(c).info.state == c.state; };
    static_cast<void>(send_as_ours(c, {.seq = c.snd_nxt}, is_still_due));
    return;
  }
  const std::size_t full = full_segment(c);
  std::size_t sent = 0;
  do {
    const QueueCounts now = look_at(c).queues;
    if (now.outq == 0) return;
    if (c.state == TcpState::last_ack && is_in_motion(c, now)) return;
    const std::size_t acked = c.write_seq - c.snd_una - now.outq;
    sent = std::min(std::max(sent, acked), a.payload.size());
    Segment segment{.seq = c.snd_una + static_cast<Sequence>(sent)};
    segment.payload = a.payload.subspan(sent, std::min(full, a.payload.size() - sent));
    const std::size_t behind = sent + segment.payload.size();
    const bool last = behind == a.payload.size();
    if (last && !segment.payload.empty()) segment.flags |= tcp_flag::psh;
    if (last && a.fin) segment.flags |= tcp_flag::fin;
    announce_urgent(c, segment);
    // In LAST_ACK looked at once more, last of all: what the peer has heard meanwhile it would
    // acknowledge to a socket that is gone. TCP sends the rest by itself.
    const auto is_still_due = [&] {
      return c.state != TcpState::last_ack || look_at(c).queues == now;
    };
    if (!send_as_ours(c, segment, is_still_due)) return;
    sent = behind;
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

// The numbers are the image's; the clock is of this very moment, because an ACK may have made the
// socket itself send since the last segment.
bool Performer::send_as_ours(const TcpConnection& c, Segment segment,
                             const std::function<bool()>& is_still_due) {
  segment.from = unmapped(c.local);
  segment.to = unmapped(c.remote);
  segment.ip = ip_header_of(c);
  segment.ack = c.rcv_nxt;
  segment.window = our_window_field(c);
  Injector& injector = injectors_->of(segment.to.family);
  if (!c.negotiated.timestamps) {
    sign(segment, keys_, segment.to);
    injector.prepare(segment);
    if (!is_still_due()) return false;
    injector.send_prepared(segment);
    return true;
  }
  return send_with_clock(c, segment, injector, is_still_due);
}

// A process that is held up before it has sent finds that its clock is of the past: again, and on a
// slow machine with more patience. Who is held up each time sends nothing, and TCP's own timer
// takes over: what the socket has sent meanwhile bears a later time.
bool Performer::send_with_clock(const TcpConnection& c, Segment& segment, Injector& injector,
                                const std::function<bool()>& is_still_due) {
  const std::uint32_t ticks_per_ms = c.clock.microseconds ? 1000 : 1;
  std::uint32_t patience = c.clock.microseconds ? 200 : 0;
  for (int tries = 0; tries < 16; ++tries) {
    if (tries >= 8) patience += ticks_per_ms;
    const std::uint32_t value = clock_of_ours(c);
    segment.timestamps = {value, 0};
    sign(segment, keys_, segment.to);
    injector.prepare(segment);
    if (!is_still_due()) return false;
    if (clock_of_ours(c) - value > patience) continue;
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
