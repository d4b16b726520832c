#include "engine/tcp/syn_sent.h"

#include <algorithm>

#include "engine/options/filter.h"
#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/info.h"
#include "engine/tcp/repair.h"

namespace sockcr {
namespace {

// sock_diag tells timers in jiffies (10 ms at HZ=100), and a timer fires a little late.
constexpr std::int64_t slack_ms = 20;

// Milliseconds from the first SYN to the last, of `info`. The timer ran retransmits times: first
// tcp_syn_linear_timeouts times alike, then `backoff` times doubled, of which the last doubling is
// running now.
std::int64_t between_syns(const TcpInfo& info) {
  const std::int64_t initial = (info.rto_us / 1000) >> info.backoff;
  std::int64_t sum = 0;
  for (int i = 1; i <= info.retransmits; ++i) {
    const int doublings = std::max(0, i - (info.retransmits - info.backoff) - 1);
    sum += initial << doublings;
  }
  return sum;
}

struct SynTimes {
  std::int64_t first_ago, last_ago;  // ms; no later than the first, no earlier than the last
};

SynTimes read_times(const TcpSynSent& s, const TcpInfo& info) {
  const auto diag = find_tcp(s.local, s.remote);
  const std::int64_t left = diag && diag->timer == TcpTimer::retransmit ? diag->timer_ms : 0;
  const std::int64_t last_ago = info.rto_us / 1000 - left;
  const std::int64_t first_ago = last_ago + between_syns(info) + slack_ms * (info.retransmits + 1);
  return {first_ago, std::max<std::int64_t>(last_ago - slack_ms, 0)};
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
  const TcpInfo info = read_info(socket);
  if (info.state != TcpState::syn_sent) {
    throw Violation("state of a socket in SYN_SENT behind the gate", "SYN_SENT",
                    to_text(info.state));
  }
  s.isn = read_queue_sequence(socket, RepairQueue::send) - 1;
  select_queue(socket, RepairQueue::none);
  s.clock.microseconds = counts_microseconds(socket);
  const std::uint32_t now = get_option(socket, option::timestamp);
  const SynTimes times = read_times(s, info);
  const std::int64_t unit = s.clock.microseconds ? 1000 : 1;
  s.first_syn = now - static_cast<std::uint32_t>(times.first_ago * unit);
  s.last_syn = now - static_cast<std::uint32_t>(times.last_ago * unit);
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
