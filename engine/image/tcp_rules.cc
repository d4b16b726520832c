#include "engine/image/tcp_rules.h"

#include <fmt/format.h>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

#include "engine/image/address_rules.h"
#include "engine/image/validate.h"

namespace sockcr {
namespace {

// 65535 << 14, the largest window that a segment can carry (RFC 7323, 2.3), and nearly
// max_image_size: no queue of an image is longer.
constexpr std::uint32_t largest_window = 65535u << 14;

constexpr std::size_t most_options = 1024;  // Linux has some 250 that can be set

std::string state_is_known(const TcpConnection& c) {
  if (is_restorable(c.state)) return "";
  return fmt::format("{} is not a state that this version restores", to_text(c.state));
}

std::string domain_is_internet(const TcpConnection& c) {
  if (c.domain == AF_INET || c.domain == AF_INET6) return "";
  return fmt::format("{} is neither AF_INET nor AF_INET6", c.domain);
}

std::string local_is_usable(const TcpConnection& c) { return end_fault(c.local, c.domain); }

// The kernel forgets the peer of a socket in CLOSE: getpeername answers ENOTCONN.
std::string remote_is_usable(const TcpConnection& c) {
  if (c.state == TcpState::close && is_unspecified(c.remote) && c.remote.port == 0) return "";
  return end_fault(c.remote, c.domain);
}

std::string ends_are_alike(const TcpConnection& c) {
  if (is_unspecified(c.remote) || is_mapped(c.local) == is_mapped(c.remote)) return "";
  return "one end is IPv4-mapped and the other is not";
}

std::string snd_nxt_follows(const TcpConnection& c) {
  const std::int32_t sent = distance(c.snd_una, c.snd_nxt);
  if (sent >= 0 && std::cmp_less_equal(sent, largest_window)) return "";
  return fmt::format("{} from snd_una, not 0..{}", sent, largest_window);
}

std::string write_seq_follows(const TcpConnection& c) {
  const std::int32_t unsent = distance(c.snd_nxt, c.write_seq);
  if (unsent >= 0 && std::cmp_less_equal(unsent, largest_window)) return "";
  return fmt::format("{} from snd_nxt, not 0..{}", unsent, largest_window);
}

// In FIN_WAIT1, CLOSING and LAST_ACK the FIN waits for its acknowledgement, or the state would be
// the next one.
std::string fin_is_where_the_state_says(const TcpConnection& c) {
  if (fin_is_acked(c.state) && c.snd_una != c.write_seq) {
    return fmt::format("the FIN of {} is acknowledged, but not all before write_seq is",
                       to_text(c.state));
  }
  if (has_sent_fin(c.state) && !fin_is_acked(c.state) && c.snd_una == c.write_seq) {
    return fmt::format("the FIN of {} is acknowledged, which {} excludes", to_text(c.state),
                       to_text(c.state));
  }
  return "";
}

std::string send_queue_fits(const TcpConnection& c) {
  const std::uint64_t expected = std::uint64_t{sent_bytes(c)} + unsent_bytes(c);
  if (c.send_queue.size() == expected) return "";
  return fmt::format("{} bytes lie between snd_una and write_seq, the send queue holds {}",
                     expected, c.send_queue.size());
}

std::string rcv_nxt_follows(const TcpConnection& c) {
  const std::int32_t unread = distance(c.copied_seq, c.rcv_nxt);
  if (unread >= 0 && std::cmp_less_equal(unread, largest_window)) return "";
  return fmt::format("{} from copied_seq, not 0..{}", unread, largest_window);
}

std::string receive_queue_fits(const TcpConnection& c) {
  if (c.receive_queue.size() == unread_bytes(c)) return "";
  return fmt::format("{} bytes lie between copied_seq and rcv_nxt, the receive queue holds {}",
                     unread_bytes(c), c.receive_queue.size());
}

std::string shifts_need_scaling(const TcpConnection& c) {
  const Negotiated& n = c.negotiated;
  if (n.window_scaling || (n.snd_wscale == 0 && n.rcv_wscale == 0)) return "";
  return "not agreed on, yet a shift is not 0";
}

std::string snd_wnd_was_offered(const TcpConnection& c) {
  if (c.window.snd_wnd <= c.window.max_window) return "";
  return fmt::format("{} is above max_window {}", c.window.snd_wnd, c.window.max_window);
}

std::string max_window_fits_the_header(const TcpConnection& c) {
  const std::uint32_t limit = 65535u << c.negotiated.snd_wscale;
  if (c.window.max_window <= limit) return "";
  return fmt::format("{} is above 65535 << snd_wscale {} (RFC 7323 2.3)", c.window.max_window,
                     c.negotiated.snd_wscale);
}

// Not 65535 << rcv_wscale: the kernel keeps the window that its buffer allows, also where
// TCP_WINDOW_CLAMP or autotuning has raised it above what it then writes into the header.
std::string rcv_wnd_is_a_window(const TcpConnection& c) {
  if (c.window.rcv_wnd <= largest_window) return "";
  return fmt::format("{} is above {} (RFC 7323 2.3)", c.window.rcv_wnd, largest_window);
}

std::string rcv_wup_is_behind(const TcpConnection& c) {
  const std::int32_t since = distance(c.window.rcv_wup, c.rcv_nxt);
  if (since >= 0 && std::cmp_less_equal(since, largest_window)) return "";
  return fmt::format("rcv_nxt lies {} from it, not 0..{} (TCP_REPAIR_WINDOW: EINVAL)", since,
                     largest_window);
}

std::string snd_wl1_is_in_the_window(const TcpConnection& c) {
  if (!after(c.window.snd_wl1, c.rcv_nxt + c.window.rcv_wnd)) return "";
  return fmt::format("{} is after rcv_nxt + rcv_wnd (TCP_REPAIR_WINDOW: EINVAL)", c.window.snd_wl1);
}

std::string options_differ(const TcpConnection& c) {
  if (c.options.size() > most_options) {
    return fmt::format("{} options, a socket has at most {}", c.options.size(), most_options);
  }
  std::set<std::pair<std::int32_t, std::int32_t>> seen;
  for (const OptionValue& option : c.options) {
    if (seen.emplace(option.level, option.number).second) continue;
    return fmt::format("level {} number {} stands here twice", option.level, option.number);
  }
  return "";
}

constexpr std::array connection_rules{
    Rule<TcpConnection>{Attribute::state, state_is_known},
    Rule<TcpConnection>{Attribute::domain, domain_is_internet},
    Rule<TcpConnection>{Attribute::local, local_is_usable},
    Rule<TcpConnection>{Attribute::remote, remote_is_usable},
    Rule<TcpConnection>{Attribute::remote, ends_are_alike},
    Rule<TcpConnection>{Attribute::snd_nxt, snd_nxt_follows},
    Rule<TcpConnection>{Attribute::write_seq, write_seq_follows},
    Rule<TcpConnection>{Attribute::snd_una, fin_is_where_the_state_says},
    Rule<TcpConnection>{Attribute::write_seq, send_queue_fits},
    Rule<TcpConnection>{Attribute::rcv_nxt, rcv_nxt_follows},
    Rule<TcpConnection>{Attribute::rcv_nxt, receive_queue_fits},
    Rule<TcpConnection>{Attribute::window_scaling, shifts_need_scaling},
    Rule<TcpConnection>{Attribute::window_max_window, max_window_fits_the_header},
    Rule<TcpConnection>{Attribute::window_snd_wnd, snd_wnd_was_offered},
    Rule<TcpConnection>{Attribute::window_rcv_wnd, rcv_wnd_is_a_window},
    Rule<TcpConnection>{Attribute::window_rcv_wup, rcv_wup_is_behind},
    Rule<TcpConnection>{Attribute::window_snd_wl1, snd_wl1_is_in_the_window},
    Rule<TcpConnection>{Attribute::option, options_differ},
};

}  // namespace

template <>
std::span<const Rule<TcpConnection>> rules<TcpConnection>() {
  return connection_rules;
}
template <>
std::span<const Rule<TcpListener>> rules<TcpListener>() {
  return {};
}
template <>
std::span<const Rule<TcpSynSent>> rules<TcpSynSent>() {
  return {};
}
template <>
std::span<const Rule<TcpRequest>> rules<TcpRequest>() {
  return {};
}
template <>
std::span<const Rule<TcpTimeWait>> rules<TcpTimeWait>() {
  return {};
}
template <>
std::span<const Rule<TcpUnconnected>> rules<TcpUnconnected>() {
  return {};
}

}  // namespace sockcr
