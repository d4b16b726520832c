#include "engine/tcp/syn_sent.h"

#include "engine/options/filter.h"
#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/info.h"
#include "engine/tcp/repair.h"
#include "engine/tcp/syn_times.h"

namespace sockcr {
namespace {

SynTimerReading read_timer(int socket, const TcpSynSent& s) {
  SynTimerReading reading;
  reading.begin = get_option(socket, option::timestamp);
  reading.info = read_info(socket);
  const auto diag = find_tcp(s.local, s.remote);
  if (diag && diag->timer == TcpTimer::retransmit) reading.left_ms = diag->timer_ms;
  reading.end = get_option(socket, option::timestamp);
  return reading;
}

// Once more where the timer fired in between, or the machine kept us from reading on; and not for
// ever, because the bounds hold all the same.
SynTimerReading read_timer_in_one_go(int socket, const TcpSynSent& s, std::uint32_t ticks_per_ms) {
  constexpr int most_tries = 20;
  constexpr std::uint32_t quick_ms = 5;
  SynTimerReading reading = read_timer(socket, s);
  for (int tries = 1; tries < most_tries; ++tries) {
    const bool was_quick = reading.end - reading.begin <= quick_ms * ticks_per_ms;
    if (was_quick && read_info(socket).retransmits == reading.info.retransmits) break;
    reading = read_timer(socket, s);
  }
  return reading;
}

// Since Linux 6.7 the lowest bit tells it. Before it was the clock's own, in milliseconds: then an
// odd one goes on too slowly.
bool counts_microseconds(int socket) {
  const auto start = Clock::now();
  const std::uint32_t first = get_option(socket, option::timestamp);
  if ((first & 1) == 0) return false;
  const auto enough = std::chrono::milliseconds(3);
  static_cast<void>(poll_until(enough, [] { return false; }));
  const std::uint32_t passed = get_option(socket, option::timestamp) - first;
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - start).count();
  return passed > ms + 2;
}

void refuse_data(const TcpSynSent& s) {
  const auto diag = find_tcp(s.local, s.remote);
  if (!diag || diag->send_queue <= 1) return;
  throw Unsupported("data behind a SYN (TCP Fast Open)", "not restored by this release");
}

}  // namespace

TcpSynSent capture_syn_sent(int socket) {
  TcpSynSent s;
  s.domain = static_cast<std::uint16_t>(get_option(socket, option::domain));
  s.local = from_sockaddr(local_address(socket));
  s.remote = read_peer_name(socket, s.domain);
  refuse_data(s);
  s.options = read_options(socket, s.domain);
  s.filter = capture_filter(socket);
  enter_repair(socket, Reuse::keep);
  const TcpState state = read_info(socket).state;
  if (state != TcpState::syn_sent) {
    throw Violation("state of a socket in SYN_SENT behind the gate", "SYN_SENT", to_text(state));
  }
  s.isn = read_queue_sequence(socket, RepairQueue::send) - 1;
  select_queue(socket, RepairQueue::none);
  s.clock.microseconds = counts_microseconds(socket);
  const std::uint32_t ticks_per_ms = s.clock.microseconds ? 1000 : 1;
  const SynTimes times = syn_times(read_timer_in_one_go(socket, s, ticks_per_ms), ticks_per_ms);
  s.first_syn = times.first;
  s.last_syn = times.last;
  return s;
}

Plan plan_build(const TcpSynSent& s, const Target& target) {
  const auto options = without_defaults(s.options, target.options);
  Plan plan{action::MakeSocket{s.domain}};
  if (is_mapped(s.local)) plan.push_back(action::AllowMapped{});
  add_options(plan, options, OptionPhase::fresh);
  plan.push_back(action::EnterRepair{});
  plan.push_back(action::Bind{s.local});
  plan.push_back(action::SetSequence{RepairQueue::send, s.isn});
  plan.push_back(action::LeaveRepair{WindowProbe::no});
  // A locked receive buffer decides on the window scale that the SYN offers.
  add_options(plan, options, OptionPhase::connected);
  add_options(plan, options, OptionPhase::filled);
  plan.push_back(action::ConnectAloud{s.remote});
  plan.push_back(action::EnterRepair{Reuse::keep});
  plan.push_back(action::FollowFirstSyn{s.first_syn, s.clock.microseconds});
  add_filter(plan, s.filter, options);
  return plan;
}

Plan plan_complete(const TcpSynSent& s) { return {action::AwaitClock{s.last_syn}}; }

Plan plan_resume(const TcpSynSent&) { return {action::LeaveRepair{WindowProbe::no}}; }

}  // namespace sockcr
