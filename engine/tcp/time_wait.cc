#include "engine/tcp/time_wait.h"

#include <algorithm>

#include "engine/gate/gate.h"
#include "engine/tcp/info.h"

namespace sockcr {
namespace {

Segment from_peer(const TcpTimeWait& s, std::uint8_t flags, Sequence seq) {
  Segment segment{.from = unmapped(s.remote),
                  .to = unmapped(s.local),
                  .seq = seq,
                  .ack = s.snd_nxt,
                  .flags = flags,
                  .window = 0,
                  .ip = {.mark = forged_mark}};
  if (s.timestamps) segment.timestamps = {s.ts_recent, 0};
  return segment;
}

// It advertises the same window, once it has sent its last ACK.
Window window_of(const TcpTimeWait& s, Sequence rcv_nxt) {
  return {.snd_wl1 = rcv_nxt,
          .snd_wnd = 0,
          .max_window = 0,
          .rcv_wnd = s.window + (s.rcv_nxt - rcv_nxt),
          .rcv_wup = rcv_nxt,
          .extension = {}};
}

Negotiated negotiated_of(const TcpTimeWait& s) {
  return {.mss_clamp = 536,
          .window_scaling = true,  // or connect's own scale would stay
          .snd_wscale = 0,
          .rcv_wscale = s.rcv_wscale,
          .sack = false,
          .timestamps = s.timestamps};
}

constexpr std::uint32_t minute_ms = 60'000;

bool is_whole(const TcpDiag& found) { return found.timer != TcpTimer::time_wait; }

std::uint32_t rounded_up(std::uint32_t ms, std::uint32_t unit_ms) {
  return (ms + unit_ms - 1) / unit_ms;
}

// Of more than a minute TCP_LINGER2 means what is above it, twice; and more than two it does not
// take.
int linger_seconds(const TcpTimeWait& s) {
  if (s.remaining_ms <= minute_ms) {
    return static_cast<int>(std::max<std::uint32_t>(rounded_up(s.remaining_ms, 1000), 1));
  }
  return static_cast<int>(std::min<std::uint32_t>(60 + rounded_up(s.remaining_ms, 2000), 120));
}

}  // namespace

std::uint32_t second_stage_ms(const TcpDiag& found) {
  if (!is_whole(found) || found.info.empty()) return 0;
  return std::min(parse_info(found.info).ack_ago_ms + found.timer_ms, minute_ms);
}

std::uint32_t remaining_ms(const TcpDiag& found) { return found.timer_ms + second_stage_ms(found); }

TcpTimeWait capture_time_wait(const TcpDiag& found, Prober& prober) {
  // Without the ACK flag a time-wait socket answers and lets its timer run; with it, it would start
  // the timer anew (tcp_timewait_state_process). What the kernel still keeps as a whole socket, for
  // longer than a minute, hears only what has the flag.
  const Tuple tuple{found.local, found.remote};
  const HeardSegment answer = prober.ask(tuple, is_whole(found) ? tcp_flag::ack : tcp_flag::psh);
  TcpTimeWait s{.state = found.state,
                .domain = found.local.family,
                .local = found.local,
                .remote = found.remote,
                .snd_nxt = answer.seq,
                .rcv_nxt = answer.ack,
                .window = answer.window,
                .rcv_wscale = 0,
                .timestamps = answer.timestamps.has_value(),
                .ts_recent = 0,
                .clock = {},
                .remaining_ms = remaining_ms(found)};
  if (is_whole(found) && !found.info.empty()) {  // what a time-wait socket says of it is not scaled
    s.rcv_wscale = parse_info(found.info).rcv_wscale;
    s.window <<= s.rcv_wscale;
  }
  if (answer.timestamps) {
    s.ts_recent = answer.timestamps->echo_reply;
    s.clock = prober.clock();
  }
  return s;
}

Plan plan_build(const TcpTimeWait& s, const Target& target) {
  const bool received_fin = s.state == TcpState::time_wait;
  const Sequence rcv_nxt = received_fin ? s.rcv_nxt - 1 : s.rcv_nxt;
  Plan plan{action::MakeSocket{s.domain}};
  if (is_mapped(s.local)) plan.push_back(action::AllowMapped{});
  plan.push_back(action::EnterRepair{});
  plan.push_back(action::Bind{s.local});
  plan.push_back(action::SetSequence{RepairQueue::receive, rcv_nxt});
  plan.push_back(action::SetSequence{RepairQueue::send, s.snd_nxt - 1});
  plan.push_back(action::Connect{s.remote});
  plan.push_back(action::SetNegotiated{negotiated_of(s)});
  if (s.timestamps) plan.push_back(action::SetClock{target.clock});
  plan.push_back(action::SetWindow{window_of(s, rcv_nxt)});
  plan.push_back(action::ShutDownWrite{.fin_counts_as_sent = true});
  // The last steps of a connection's life are taken outside repair mode.
  plan.push_back(action::LeaveRepair{WindowProbe::no});
  plan.push_back(action::Forge{from_peer(s, tcp_flag::ack, rcv_nxt)});
  if (received_fin) {
    plan.push_back(action::Forge{from_peer(s, tcp_flag::fin | tcp_flag::ack, rcv_nxt)});
  } else {
    plan.push_back(action::LingerFor{linger_seconds(s)});
  }
  plan.push_back(action::LetGo{});
  plan.push_back(action::Expect{s.local, s.remote, s.state, 0});
  return plan;
}

}  // namespace sockcr
