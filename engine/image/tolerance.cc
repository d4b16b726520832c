#include "engine/image/tolerance.h"

#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace sockcr {
namespace {

constexpr std::uint32_t milliseconds_slack = 2;  // ticks: the lowest bit of TSval cannot be read
constexpr std::uint32_t microseconds_slack = 1000;
// A bound is drawn 20 ms on the safe side (a jiffy at 100 Hz, at each end), and a rebuilt socket is
// set to the bound.
constexpr std::int32_t jiffies_slack_ms = 60;
constexpr std::uint32_t timer_length_ms = 60'000, timer_slack_ms = 100;  // TCP_TIMEWAIT_LEN
constexpr std::uint32_t linger_step_ms = 2000;

// Never lower: the peer's PAWS check would drop what we send.
template <class Kind>
bool clock_moved_little(const Kind& a, const Kind& b) {
  if (a.clock.microseconds != b.clock.microseconds) return false;
  const std::uint32_t moved = b.clock.offset - a.clock.offset;
  return moved <= (a.clock.microseconds ? microseconds_slack : milliseconds_slack);
}

bool belongs_to_listener(const TcpConnection& a, const TcpConnection&) {
  return a.owner == Owner::listener;
}
bool belongs_to_nobody(const TcpConnection& a, const TcpConnection&) {
  return a.owner == Owner::nobody;
}

bool always(const TcpConnection&, const TcpConnection&) { return true; }

// The edge that the peer may write up to. An ACK that the socket tries to send behind the gate, its
// delayed one say, computes the window anew, and may only move the edge to the right.
bool edge_is_kept(const TcpConnection& a, const TcpConnection& b) {
  return !before(b.window.rcv_wup + b.window.rcv_wnd, a.window.rcv_wup + a.window.rcv_wnd);
}

// Its clock is the kernel's own, made from the addresses; what was read of it may be a tick high.
bool clock_is_anew(const TcpConnection& a, const TcpConnection& b) {
  const std::int32_t moved = distance(a.clock.offset, b.clock.offset);
  constexpr auto slack = static_cast<std::int32_t>(milliseconds_slack);
  return a.owner == Owner::listener && -slack <= moved && moved <= slack;
}

bool is_not_read(const TcpConnection&, const TcpConnection& b) { return b.ts_recent == 0; }

// The kernel doubles what it is told, so that a size which it has chosen itself may lose its lowest
// bit.
template <int number>
bool size_is_even(const TcpConnection& a, const TcpConnection& b) {
  const auto half = [](const TcpConnection& c) {
    std::uint32_t size = 0;
    for (const OptionValue& option : c.options) {
      if (option.level != SOL_SOCKET || option.number != number) continue;
      if (option.value.size() == sizeof size) std::memcpy(&size, option.value.data(), sizeof size);
    }
    return size / 2;
  };
  return half(a) == half(b);
}

bool ecn_is_lost(const TcpConnection& a, const TcpConnection& b) { return a.ecn && !b.ecn; }
bool is_said_to_be_unknown(const TcpConnection& a, const TcpConnection& b) {
  return a.send_urgent_unknown || b.send_urgent_unknown;
}

constexpr std::string_view low_bit = "reading hides the lowest bit of TSval";
constexpr std::string_view doubled = "the kernel doubles what is written";
constexpr std::string_view handshake = "a child's window is made anew by its handshake";
constexpr std::string_view unreadable =
    "nobody can ask an orphan, and it needs no window to receive";

using OfConnection = Tolerance<TcpConnection>;

constexpr std::array of_connections{
    OfConnection{"clock.offset", clock_moved_little, low_bit},
    OfConnection{"clock.offset", clock_is_anew, low_bit},
    OfConnection{"option[1:7]", size_is_even<SO_SNDBUF>, doubled},
    OfConnection{"option[1:8]", size_is_even<SO_RCVBUF>, doubled},
    OfConnection{"option[6:10]", belongs_to_listener, "TCP_WINDOW_CLAMP grew with the window"},
    OfConnection{"window.snd_wl1", always,
                 "a forged segment may become the last that set the window"},
    OfConnection{"window.rcv_wup", always, "any segment that we send moves it up to rcv_nxt"},
    OfConnection{"window.rcv_wnd", edge_is_kept,
                 "it counts from rcv_wup, to the same edge or further"},
    OfConnection{"window.rcv_wnd", belongs_to_listener, "it comes from the listener's buffers"},
    OfConnection{"window.rcv_wnd", belongs_to_nobody, unreadable},
    OfConnection{"window.max_window", belongs_to_listener, handshake},
    OfConnection{"window.max_window", belongs_to_nobody, unreadable},
    OfConnection{"window.extension", belongs_to_nobody, unreadable},
    OfConnection{"mss_clamp", belongs_to_nobody, unreadable},
    OfConnection{"option", belongs_to_nobody, unreadable},
    OfConnection{"ecn", ecn_is_lost, "no system call turns it on again"},
    OfConnection{"ts_recent", is_not_read, "only BPF reads it"},
    OfConnection{"send_urgent", is_said_to_be_unknown, "neither BPF nor a tap to read it"},
    OfConnection{"send_urgent_unknown", is_said_to_be_unknown, "neither BPF nor a tap to read it"},
};

// Of a SYN's time, in the clock's unit: what the timer's jiffies and its wheel make uncertain, the
// latter a share of each time that it ran.
std::int32_t slack_of(const TcpSynSent& socket) {
  const std::int32_t jiffies = jiffies_slack_ms * (socket.clock.microseconds ? 1000 : 1);
  return jiffies + distance(socket.first_syn, socket.last_syn) / wheel_share;
}

// A bound from below: it may become more careful, and only by chance less so.
bool first_syn_is_no_later(const TcpSynSent& a, const TcpSynSent& b) {
  const std::int32_t earlier = distance(b.first_syn, a.first_syn);
  return -jiffies_slack_ms * (a.clock.microseconds ? 1000 : 1) <= earlier && earlier <= slack_of(b);
}

// Nor does it matter how often the timer has tried since: nothing passes a closed gate, and a later
// time is the more careful bound.
bool last_syn_is_no_earlier(const TcpSynSent& a, const TcpSynSent& b) {
  return distance(b.last_syn, a.last_syn) <= slack_of(b);
}

constexpr std::string_view jiffies = "read from the retransmission timer, in jiffies";

constexpr std::array of_syn_sent{
    Tolerance<TcpSynSent>{"clock.offset", clock_moved_little, low_bit},
    Tolerance<TcpSynSent>{"first_syn", first_syn_is_no_later, jiffies},
    Tolerance<TcpSynSent>{"last_syn", last_syn_is_no_earlier, jiffies},
};

constexpr std::array of_requests{
    Tolerance<TcpRequest>{"clock.offset", clock_moved_little, low_bit},
};

// Above a minute TCP_LINGER2 counts in steps of two seconds.
bool timer_is_no_longer(const TcpTimeWait& a, const TcpTimeWait& b) {
  if (a.remaining_ms <= timer_length_ms) return b.remaining_ms <= timer_length_ms + timer_slack_ms;
  return b.remaining_ms <= a.remaining_ms + linger_step_ms + timer_slack_ms;
}

// FIN_WAIT2 sends no ACK on its way there; but of more than a minute it is a whole socket first,
// which computes its window whenever it is asked.
bool computes_its_window(const TcpTimeWait& a, const TcpTimeWait&) {
  return a.state == TcpState::time_wait || a.remaining_ms > timer_length_ms;
}

constexpr std::array of_time_waits{
    Tolerance<TcpTimeWait>{"window", computes_its_window, "the ACK of the FIN computes it anew"},
    Tolerance<TcpTimeWait>{"clock.offset", clock_moved_little, low_bit},
    Tolerance<TcpTimeWait>{"remaining_ms", timer_is_no_longer,
                           "it runs, and a segment that asks for the numbers starts it anew"},
};

template <class Kind>
bool had_errors(const Kind& a, const Kind& b) {
  return a.errors_lost && !b.errors_lost;
}
template <class Kind>
bool it_was_put_back(const Kind&, const Kind&) {
  return true;
}

// Nobody has read the order of one of the two, nor who has chosen the devices.
template <class Kind>
bool only_the_order_is_unknown(const Kind& a, const Kind& b) {
  if (a.in_kernel_order && b.in_kernel_order) return false;
  const auto known = [](const Kind& kind) {
    auto memberships = in_canonical_order(kind.memberships);
    for (Membership& one : memberships) one.chosen_by = {};
    return memberships;
  };
  return known(a) == known(b);
}

template <class Kind>
bool only_those_of_groups_are_lost(const Kind& a, const Kind& b) {
  return std::equal(a.queue.begin(), a.queue.end(), b.queue.begin(), b.queue.end(),
                    [](const Datagram& one, const Datagram& other) {
                      return one.hop_limit == other.hop_limit ||
                             (!other.device.empty() && other.hop_limit == 0);
                    });
}

constexpr std::string_view by_its_destination =
    "what is put back has come in by the device of its destination";
constexpr std::string_view memory = "only BPF reads the order of memberships, and imr_address";

constexpr std::array of_udp_sockets{
    Tolerance<UdpSocket>{"errors_lost", had_errors, "nothing puts an error back"},
    Tolerance<UdpSocket>{"interface of datagram", it_was_put_back, by_its_destination},
    Tolerance<UdpSocket>{"hop_limit of datagram", only_those_of_groups_are_lost,
                         "what was sent to a group is put back with a hop limit of 0"},
    Tolerance<UdpSocket>{"membership", only_the_order_is_unknown, memory},
    Tolerance<UdpSocket>{"in_kernel_order", only_the_order_is_unknown, memory},
};

constexpr std::array of_raw_sockets{
    Tolerance<RawSocket>{"errors_lost", had_errors, "nothing puts an error back"},
    Tolerance<RawSocket>{"interface of datagram", it_was_put_back, by_its_destination},
    Tolerance<RawSocket>{"membership", only_the_order_is_unknown, memory},
    Tolerance<RawSocket>{"in_kernel_order", only_the_order_is_unknown, memory},
};

}  // namespace

template <>
std::span<const Tolerance<TcpConnection>> tolerances<TcpConnection>() {
  return of_connections;
}

template <>
std::span<const Tolerance<TcpSynSent>> tolerances<TcpSynSent>() {
  return of_syn_sent;
}

template <>
std::span<const Tolerance<TcpRequest>> tolerances<TcpRequest>() {
  return of_requests;
}

template <>
std::span<const Tolerance<TcpTimeWait>> tolerances<TcpTimeWait>() {
  return of_time_waits;
}

template <>
std::span<const Tolerance<UdpSocket>> tolerances<UdpSocket>() {
  return of_udp_sockets;
}

template <>
std::span<const Tolerance<RawSocket>> tolerances<RawSocket>() {
  return of_raw_sockets;
}

}  // namespace sockcr
