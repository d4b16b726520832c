#include "engine/tcp/rebuild.h"

#include <fmt/format.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "engine/gate/gate.h"
#include "engine/options/table.h"
#include "engine/sys/error.h"

namespace sockcr {
namespace {

using enum Move;

// state       moves, in order                       why in this order
//
// CLOSE_WAIT  the peer's FIN
// LAST_ACK    the peer's FIN, ours                  ours first would end in CLOSING
// FIN_WAIT1   our FIN
// FIN_WAIT2   our FIN, its ACK
// CLOSING     our FIN, the peer's FIN               the peer's first would end in LAST_ACK
// CLOSE       the peer's FIN, ours, its ACK         as in LAST_ACK; ours, its ACK, the peer's would
//                                                   end in TIME_WAIT
// reset       the peer's RST                        SO_ERROR: ECONNRESET
// reset       the peer's FIN, its RST               SO_ERROR: EPIPE, as in CLOSE_WAIT (tcp_reset)
//
// Another pending error, a timeout say, comes back as ECONNRESET: only time can make it.
constexpr std::array close_wait_moves{forge_fin};
constexpr std::array last_ack_moves{forge_fin, shut_down};
constexpr std::array fin_wait1_moves{shut_down};
constexpr std::array fin_wait2_moves{shut_down, forge_ack};
constexpr std::array closing_moves{shut_down, forge_fin};
constexpr std::array close_moves{forge_fin, shut_down, forge_ack};
constexpr std::array reset_moves{forge_rst};
constexpr std::array broken_pipe_moves{forge_fin, forge_rst};

// Every FIN takes one number that no queue holds. A socket that is to pass a FIN is therefore born
// with the number in front of it, and the FIN brings it up to where it was:
//
//                      born with                     after the moves
//   send side      snd_una   data  |F                snd_una of the image: in front of the data,
//                  ^ write_seq - 1 when F is acked   or behind F when F is acked
//   receive side   unread   |F                       rcv_nxt of the image, behind F
//                           ^ rcv_nxt - 1
struct Birth {
  Sequence snd_una;  // also what the peer acknowledges until our FIN is acked
  Sequence rcv_nxt;  // once the unread bytes are in
};

Birth birth_of(const TcpConnection& c) {
  return {.snd_una = fin_is_acked(c) ? c.write_seq - 1 : c.snd_una,
          .rcv_nxt = has_received_fin(c) ? c.rcv_nxt - 1 : c.rcv_nxt};
}

// The kernel refuses rcv_wup behind rcv_nxt, and until the peer's FIN has come rcv_nxt is one
// short. The right edge rcv_wup + rcv_wnd stays where the peer has seen it:
//
//   image   rcv_wup|-----------rcv_wnd-----------|
//   here   rcv_wup|-----------rcv_wnd------------|
Window window_up_to(const TcpConnection& c, Sequence rcv_nxt) {
  Window window = c.window;
  if (after(window.rcv_wup, rcv_nxt)) {
    window.rcv_wnd += window.rcv_wup - rcv_nxt;
    window.rcv_wup = rcv_nxt;
  }
  window.extension.clear();  // its fields would need the same care, and we do not know them
  return window;
}

Window window_before_fin(const TcpConnection& c) { return window_up_to(c, birth_of(c).rcv_nxt); }

// No call sets the mark: only a segment does. So the byte itself comes as one, between what stands
// in front of it and what stands behind it:
//
//   copied_seq                       urg_seq                            rcv_nxt
//     |--------------------------------|U|--------------------------------|F
//       by repair                       a forged segment    by repair
//                                    rcv_nxt meanwhile
//
// It has to lie in the window and behind snd_wl1, like any segment. Both are lowered for it, and
// the image's window, whatever it is, comes back in the end.
Window window_before_mark(const TcpConnection& c) {
  const Sequence mark = c.copied_seq + c.receive_urgent - 1;
  Window window = window_up_to(c, mark);
  if (!after(window.rcv_wup + window.rcv_wnd, mark)) window.rcv_wnd = mark + 1 - window.rcv_wup;
  window.snd_wl1 = earlier(window.snd_wl1, mark);
  return window;
}

// A segment of the peer's. Without time stamps, which makes it neutral for PAWS (RFC 7323, 5.3),
// and with the peer's window: the kernel takes the field for snd_wnd, shifted left by snd_wscale.
Segment from_peer(const TcpConnection& c, std::uint8_t flags, Sequence seq, Sequence ack) {
  return {.from = unmapped(c.remote),
          .to = unmapped(c.local),
          .seq = seq,
          .ack = ack,
          .flags = flags,
          .window = peer_window_field(c),
          .timestamps = std::nullopt,
          .payload = {},
          .ip = {.mark = forged_mark}};
}

// Connecting chooses a shift for our window, and only a handshake that agrees on none takes it
// back. A window that needs no shift gets none (tcp_select_initial_window), and the same limit is
// what such a handshake leaves behind (tcp_rcv_synsent_state_process).
OptionValue window_without_shift() {
  constexpr std::int32_t largest = 65535;
  Bytes value(sizeof largest);
  std::memcpy(value.data(), &largest, sizeof largest);
  return {IPPROTO_TCP, TCP_WINDOW_CLAMP, value};
}

class PlanBuilder {
 public:
  PlanBuilder(const TcpConnection& c, const Target& target)
      : c_(c),
        clock_(target.clock),
        keys_(target.keys),
        options_(without_defaults(c.options, target.options)) {}

  Plan make() {
    if (c_.error == ECONNREFUSED) return refused();
    connect();
    fill();
    move();
    finish();
    return std::move(plan_);
  }

 private:
  void add(Action action) { plan_.push_back(std::move(action)); }

  void write_options(OptionPhase phase) { add_options(plan_, options_, phase); }

  void connect() {
    const Birth birth = birth_of(c_);
    add(action::MakeSocket{c_.domain});
    if (is_mapped(c_.local)) add(action::AllowMapped{});
    write_options(OptionPhase::fresh);
    for (const Md5Key& key : keys_) add(action::SignWith{key});
    if (!c_.negotiated.window_scaling) add(action::WriteOption{window_without_shift()});
    add(action::EnterRepair{});
    add(action::Bind{c_.local});
    add(action::SetSequence{RepairQueue::receive, c_.copied_seq});
    add(action::SetSequence{RepairQueue::send, birth.snd_una});
    // A peer may offer less or more than TCP_MAXSEG accepts (TCP_MIN_MSS and MAX_TCP_WINDOW,
    // include/net/tcp.h); over lo, more is the rule.
    add(action::LimitMss{std::clamp<int>(c_.negotiated.mss_clamp, 88, 32767)});
    add(action::Connect{c_.remote});
    add(action::LimitMss{0});
    add(action::SetNegotiated{c_.negotiated});
    if (c_.negotiated.timestamps) add(action::SetClock{clock_});
    write_options(OptionPhase::connected);
  }

  // Never connected: what the peer answered to its SYN was a RST.
  Plan refused() {
    add(action::MakeSocket{c_.domain});
    if (is_mapped(c_.local)) add(action::AllowMapped{});
    write_options(OptionPhase::fresh);
    add(action::EnterRepair{});
    add(action::Bind{c_.local});
    add(action::SetSequence{RepairQueue::send, c_.write_seq - 1});
    add(action::LeaveRepair{WindowProbe::no});
    write_options(OptionPhase::connected);
    add(action::ConnectAloud{c_.remote});
    add(action::EnterRepair{Reuse::keep});
    add(action::Forge{from_peer(c_, tcp_flag::rst | tcp_flag::ack, 0, c_.write_seq)});
    write_options(OptionPhase::filled);
    add(action::Verify{&c_});
    add_filter(plan_, c_.filter, options_);
    return std::move(plan_);
  }

  void fill() {
    fill_receive_queue();
    if (sent_bytes(c_) > 0) {
      const std::size_t urgent = c_.send_urgent <= sent_bytes(c_) ? c_.send_urgent : 0;
      add(action::FillQueue{RepairQueue::send, std::span(c_.send_queue).first(sent_bytes(c_)),
                            urgent});
    }
    // Before anything is written outside repair mode, or the kernel would judge it by a window of
    // 0.
    add(action::SetWindow{window_before_fin(c_)});
  }

  void fill_receive_queue() {
    const auto unread = std::span(c_.receive_queue);
    if (c_.receive_urgent == 0) return receive(unread);
    receive(unread.first(c_.receive_urgent - 1));
    add(action::SetWindow{window_before_mark(c_)});
    // Pointer 0 is the first byte by either count of net.ipv4.tcp_stdurg (tcp_check_urg); 1 is it
    // by one of them only.
    constexpr std::uint8_t urgent = tcp_flag::urg | tcp_flag::psh | tcp_flag::ack;
    Segment mark =
        from_peer(c_, urgent, c_.copied_seq + c_.receive_urgent - 1, birth_of(c_).snd_una);
    mark.payload = unread.subspan(c_.receive_urgent - 1, 1);
    add(action::Forge{mark});
    if (c_.urgent_taken) add(action::TakeUrgent{});
    receive(unread.subspan(c_.receive_urgent));
  }

  void receive(std::span<const std::uint8_t> bytes) {
    if (!bytes.empty()) add(action::FillQueue{RepairQueue::receive, bytes});
  }

  void move() {
    const Birth birth = birth_of(c_);
    constexpr std::uint8_t fin_ack = tcp_flag::fin | tcp_flag::ack;
    for (const Move move : moves_of(c_)) {
      switch (move) {
        case forge_fin:
          add(action::Forge{from_peer(c_, fin_ack, birth.rcv_nxt, birth.snd_una)});
          break;
        case shut_down:
          write_unsent();
          add(action::ShutDownWrite{.fin_counts_as_sent = !fin_is_unsent(c_)});
          break;
        case forge_ack:
          add(action::Forge{from_peer(c_, tcp_flag::ack, c_.rcv_nxt, c_.write_seq)});
          break;
        case forge_rst:
          add(action::Forge{
              from_peer(c_, tcp_flag::rst | tcp_flag::ack, c_.rcv_nxt, birth.snd_una)});
          break;
      }
    }
  }

  void write_unsent() {
    if (unsent_bytes(c_) == 0) return;
    const std::size_t urgent =
        c_.send_urgent > sent_bytes(c_) ? c_.send_urgent - sent_bytes(c_) : 0;
    add(action::WriteUnsent{std::span(c_.send_queue).last(unsent_bytes(c_)), urgent});
  }

  void finish() {
    if (!has_sent_fin(c_)) write_unsent();
    if (c_.shut_down_receive) add(action::ShutDownRead{});
    write_options(OptionPhase::filled);
    // Once more, and exactly: every segment that the socket tried to send, and every forged one,
    // moved these numbers, although nothing passed the gate (tcp_select_window, tcp_ack).
    add(action::SetWindow{c_.window});
    add(action::Verify{&c_});
    add_filter(plan_, c_.filter, options_);
  }

  const TcpConnection& c_;
  TimestampClock clock_;
  std::vector<Md5Key> keys_;
  std::vector<OptionValue> options_;
  Plan plan_;
};

std::uint16_t field(std::uint64_t window, std::uint8_t scale) {
  return static_cast<std::uint16_t>(
      std::min<std::uint64_t>(window >> scale, std::numeric_limits<std::uint16_t>::max()));
}

action::Resend resend(const TcpConnection& c) {
  return {&c, std::span(c.send_queue).first(sent_bytes(c)), fin_is_in_flight(c)};
}

action::Poke poke(const TcpConnection& c) {
  return {&c, from_peer(c, tcp_flag::ack, c.rcv_nxt, c.snd_una)};
}

// In LAST_ACK the first complete ACK ends the socket. A second one, in answer to anything that the
// peer had already, would find no socket and be answered by a RST. So the socket is brought to send
// by itself where it can, which it does one segment after the other under its lock; where it has
// nothing unsent, the peer is asked what it lacks before anything is sent again.
void end_in_order(const TcpConnection& c, bool can_send, Plan& plan) {
  if (can_send) plan.push_back(poke(c));
  if (sent_bytes(c) == 0 && !fin_is_in_flight(c)) return;
  plan.push_back(action::Ask{&c});
  plan.push_back(resend(c));
}

}  // namespace

std::span<const Move> moves_to(TcpState state) {
  switch (state) {
    case TcpState::established:
      return {};
    case TcpState::close_wait:
      return close_wait_moves;
    case TcpState::last_ack:
      return last_ack_moves;
    case TcpState::fin_wait1:
      return fin_wait1_moves;
    case TcpState::fin_wait2:
      return fin_wait2_moves;
    case TcpState::closing:
      return closing_moves;
    case TcpState::close:
      return close_moves;
    case TcpState::syn_sent:
    case TcpState::syn_recv:
    case TcpState::new_syn_recv:
    case TcpState::time_wait:
    case TcpState::listen:
      break;
  }
  throw Unsupported(fmt::format("TCP in {}", to_text(state)), "not restored by this release");
}

std::span<const Move> moves_of(const TcpConnection& c) {
  if (c.error == 0) return moves_to(c.state);
  return has_received_fin(c) ? std::span<const Move>(broken_pipe_moves) : reset_moves;
}

std::uint16_t our_window_field(const TcpConnection& c) {
  // tcp_receive_window(): the right edge counts from rcv_wup, the field from rcv_nxt.
  const std::int32_t open = distance(c.rcv_nxt, c.window.rcv_wup + c.window.rcv_wnd);
  const std::uint64_t unit = std::uint64_t{1} << c.negotiated.rcv_wscale;
  return field((open > 0 ? static_cast<std::uint64_t>(open) : 0) + unit - 1,
               c.negotiated.rcv_wscale);
}

std::uint16_t peer_window_field(const TcpConnection& c) {
  return field(c.window.snd_wnd, c.negotiated.snd_wscale);
}

Plan plan_build(const TcpConnection& c, const Target& target) {
  return PlanBuilder(c, target).make();
}

Plan plan_resume(const TcpConnection& c) {
  const bool in_flight = sent_bytes(c) > 0 || fin_is_in_flight(c);
  const bool waiting = unsent_bytes(c) > 0 || fin_is_unsent(c);
  const bool ack_owed = c.window.rcv_wup != c.rcv_nxt;
  const bool window_closed = c.window.snd_wnd == 0;

  // The peer may have opened its window while the gate was closed; only a probe brings that out.
  Plan plan{action::LeaveRepair{waiting && !in_flight && window_closed ? WindowProbe::yes
                                                                       : WindowProbe::no}};
  if (c.state == TcpState::close) return plan;
  if (c.state == TcpState::last_ack) {
    end_in_order(c, waiting && !window_closed, plan);
  } else if (in_flight) {
    // The ACK that answers brings the unsent data out too, and it repays an ACK that we owe.
    plan.push_back(resend(c));
  } else if (waiting && !window_closed) {
    // A repaired socket has no RTT sample, and its first timer would run 1 to 3 s.
    plan.push_back(poke(c));
  } else if (ack_owed) {
    plan.push_back(action::Resend{&c, {}, false});
  }
  return plan;
}

Plan plan_build_orphan(const TcpConnection& c, const Target& target) {
  Plan plan = plan_build(c, target);
  plan.push_back(action::LeaveRepair{WindowProbe::no});
  plan.push_back(action::LetGo{});
  return plan;
}

Plan plan_resume_orphan(const TcpConnection& c) {
  Plan plan = plan_resume(c);
  std::erase_if(plan,
                [](const Action& a) { return std::holds_alternative<action::LeaveRepair>(a); });
  return plan;
}

}  // namespace sockcr
