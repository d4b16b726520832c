#include "engine/tcp/request.h"

#include "engine/gate/gate.h"
#include "engine/tcp/time_wait.h"

namespace sockcr {
namespace {

// tcp_timewait_state_process: isn = tw_snd_nxt + 65535 + 2
constexpr Sequence isn_step = 65537;

// The window counts for nothing until the client's ACK brings another.
constexpr std::uint16_t syn_window = 65535;

// The time-wait socket whose end is the request.
TcpTimeWait forerunner(const TcpRequest& r) {
  TcpTimeWait s;
  s.domain = r.domain;
  s.local = r.local;
  s.remote = r.remote;
  s.snd_nxt = r.snt_isn - isn_step;
  s.rcv_nxt = r.rcv_isn - 1;  // a SYN must lie behind it
  return s;
}

Segment syn_of(const TcpRequest& r) {
  Segment syn{.from = unmapped(r.remote),
              .to = unmapped(r.local),
              .seq = r.rcv_isn,
              .flags = tcp_flag::syn,
              .window = syn_window,
              .ip = {.mark = forged_mark}};
  syn.offer =
      Segment::Offer{.mss = r.negotiated.mss_clamp, .wscale = {}, .sack = r.negotiated.sack};
  if (r.negotiated.window_scaling) syn.offer->wscale = r.negotiated.snd_wscale;
  if (r.negotiated.timestamps) syn.timestamps = {r.ts_recent, 0};
  return syn;
}

// Far in front of all that it waits for, so that it is answered by an ACK at once: one with payload
// is not counted as part of an ACK loop (tcp_oow_rate_limited). Without the ACK flag, as in
// ask_request.
Segment stray_of(const TcpRequest& r) {
  static constexpr std::uint8_t byte[1]{};
  Segment stray{.from = unmapped(r.remote),
                .to = unmapped(r.local),
                .seq = r.rcv_isn - 1000,
                .flags = tcp_flag::psh,
                .window = syn_window,
                .payload = byte,
                .ip = {.mark = forged_mark}};
  if (r.negotiated.timestamps) stray.timestamps = {r.ts_recent, 0};
  return stray;
}

}  // namespace

RequestNumbers ask_request(const TcpDiag& found, Prober& prober) {
  // Without the ACK flag: a wrong acknowledgement would be the listener's to answer, by a RST.
  const HeardSegment answer = prober.ask({found.local, found.remote}, tcp_flag::psh);
  RequestNumbers numbers{.snt_isn = answer.seq - 1, .rcv_isn = answer.ack - 1};
  if (answer.timestamps) {
    numbers.timestamps = true;
    numbers.ts_recent = answer.timestamps->echo_reply;
    numbers.clock = prober.clock();
  }
  return numbers;
}

void complete_request(const TcpDiag& found, const RequestNumbers& numbers, Prober& prober) {
  Segment ack{.seq = numbers.rcv_isn + 1, .ack = numbers.snt_isn + 1, .window = syn_window};
  // An echo of 0 is not compared with the SYN-ACKs' time stamps.
  if (numbers.timestamps) ack.timestamps = {numbers.ts_recent, 0};
  prober.forge({found.local, found.remote}, ack);
}

TcpRequest request_of(const RequestNumbers& numbers, const TcpConnection& connection) {
  TcpRequest request;
  request.domain = connection.domain;
  request.local = connection.local;
  request.remote = connection.remote;
  request.snt_isn = numbers.snt_isn;
  request.rcv_isn = numbers.rcv_isn;
  request.negotiated = connection.negotiated;
  request.ts_recent = numbers.ts_recent;
  request.clock = numbers.clock;
  return request;
}

// The client may wait for the SYN-ACK still, or have had it: then it is its ACK that was lost, and
// it says that again when it sees the SYN-ACK once more. But it echoes the time stamp that it saw
// last, of a SYN-ACK older than the rebuilt request, and that is not believed (tsecr_reject in
// tcp_check_req, where the kernel looks). So it is told a younger one first.
//
//   forged, to the request    what the kernel sends           a client in ESTABLISHED
//   a stray                   ACK,     TSval t1               keeps t1
//   the client's SYN          SYN-ACK, TSval t2 >= t1         ACK, TSecr t1: between its SYN-ACKs
Plan plan_resume(const TcpRequest& r) {
  Plan plan;
  if (r.negotiated.timestamps) plan.push_back(action::Forge{stray_of(r)});
  plan.push_back(action::Forge{syn_of(r)});
  return plan;
}

Plan plan_build(const TcpRequest& r) {
  Plan plan = plan_build(forerunner(r), {});
  plan.push_back(action::Forge{syn_of(r)});
  plan.push_back(action::Expect{r.local, r.remote, TcpState::syn_recv, 0});
  return plan;
}

}  // namespace sockcr
