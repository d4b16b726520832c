#include "engine/image/tcp_rules.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "engine/image/socket_rules.h"
#include "engine/image/validate.h"

namespace sockcr {
namespace {

// 65535 << 14, the largest window that a segment can carry (RFC 7323, 2.3), and nearly
// max_image_size: no queue of an image is longer.
constexpr std::uint32_t largest_window = 65535u << 14;

std::string state_is_known(const TcpConnection& c) {
  if (is_restorable(c.state)) return "";
  return fmt::format("{} is not a state that this version restores", to_text(c.state));
}

// The kernel forgets the peer of a socket in CLOSE: getpeername answers ENOTCONN.
std::string remote_is_usable_or_forgotten(const TcpConnection& c) {
  if (c.state == TcpState::close && is_unspecified(c.remote) && c.remote.port == 0) return "";
  return end_fault(c.remote, c.domain);
}

std::string error_has_ended_it(const TcpConnection& c) {
  if (c.error == 0 || c.state == TcpState::close) return "";
  return fmt::format("{} in {}: it would have ended the connection", c.error, to_text(c.state));
}

std::string listener_is_of_a_waiting_one(const TcpConnection& c) {
  if (c.owner == Owner::listener || c.listener == 0) return "";
  return fmt::format("{}, but the connection belongs to {}", c.listener,
                     c.owner == Owner::program ? "a program" : "nobody");
}

// A connection waits for accept(2) from its handshake on, whatever its peer does then.
std::string owner_fits_the_state(const TcpConnection& c) {
  switch (c.owner) {
    case Owner::program:
      return "";
    case Owner::listener:
      if (!has_sent_fin(c)) return "";
      return fmt::format("a connection in {} has been accepted", to_text(c.state));
    case Owner::nobody:
      if (has_sent_fin(c) && c.state != TcpState::close) return "";
      return fmt::format("no orphan is in {}", to_text(c.state));
  }
  return "";
}

// Nobody can write before accept(2), and a close(2) above unread bytes resets.
std::string owner_fits_the_queues(const TcpConnection& c) {
  if (c.owner == Owner::listener && c.snd_una != c.write_seq) {
    return "bytes were written before anybody accepted the connection";
  }
  if (c.owner == Owner::nobody && unread_bytes(c) != 0) {
    return fmt::format("an orphan has {} bytes unread, its program would have reset it",
                       unread_bytes(c));
  }
  return "";
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
  if (fin_is_acked(c) && c.snd_una != c.write_seq) {
    return fmt::format("the FIN of {} is acknowledged, but not all before write_seq is",
                       to_text(c.state));
  }
  if (has_sent_fin(c) && !fin_is_acked(c) && c.snd_una == c.write_seq) {
    return fmt::format("the FIN of {} is acknowledged, which {} excludes", to_text(c.state),
                       to_text(c.state));
  }
  return "";
}

std::string reset_empties_the_send_side(const TcpConnection& c) {
  if (c.error == 0 || c.snd_una == c.write_seq) return "";
  return fmt::format("{} from snd_una, but error {} has emptied the send queue",
                     distance(c.snd_una, c.write_seq), c.error);
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

std::string receive_mark_is_in_the_queue(const TcpConnection& c) {
  if (c.receive_urgent <= c.receive_queue.size()) return "";
  return fmt::format("{}, but only {} bytes are unread", c.receive_urgent, c.receive_queue.size());
}

std::string what_is_taken_was_there(const TcpConnection& c) {
  if (!c.urgent_taken) return "";
  if (c.receive_urgent == 0) return "MSG_OOB has returned a byte that is not there";
  return c.owner == Owner::listener ? "nobody has accepted the connection, and read" : "";
}

std::string send_mark_is_in_the_queue(const TcpConnection& c) {
  if (c.send_urgent <= c.send_queue.size()) return "";
  return fmt::format("{}, but the send queue holds {} bytes", c.send_urgent, c.send_queue.size());
}

std::string mark_is_known_or_not(const TcpConnection& c) {
  if (!c.send_urgent_unknown) return "";
  if (c.send_urgent != 0) return fmt::format("but the mark stands at {}", c.send_urgent);
  return c.send_queue.empty() ? "but without a byte there is no mark" : "";
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

// What waits in a queue gets its listener's, and nobody reads that of an orphan.
std::string only_a_programs_is_known(const TcpConnection& c) {
  return is_none(c.filter) || c.owner == Owner::program ? "" : "no program holds the connection";
}

using ConnectionRule = Rule<TcpConnection>;

constexpr std::array connection_rules{
    ConnectionRule{Attribute::state, state_is_known},
    ConnectionRule{Attribute::domain, domain_is_internet},
    ConnectionRule{Attribute::local, local_is_usable},
    ConnectionRule{Attribute::remote, remote_is_usable_or_forgotten},
    ConnectionRule{Attribute::remote, ends_are_alike},
    ConnectionRule{Attribute::error, error_has_ended_it},
    ConnectionRule{Attribute::listener, listener_is_of_a_waiting_one},
    ConnectionRule{Attribute::owner, owner_fits_the_state},
    ConnectionRule{Attribute::snd_nxt, snd_nxt_follows},
    ConnectionRule{Attribute::write_seq, write_seq_follows},
    ConnectionRule{Attribute::snd_una, fin_is_where_the_state_says},
    ConnectionRule{Attribute::write_seq, reset_empties_the_send_side},
    ConnectionRule{Attribute::write_seq, send_queue_fits},
    ConnectionRule{Attribute::rcv_nxt, rcv_nxt_follows},
    ConnectionRule{Attribute::rcv_nxt, receive_queue_fits},
    ConnectionRule{Attribute::owner, owner_fits_the_queues},
    ConnectionRule{Attribute::receive_urgent, receive_mark_is_in_the_queue},
    ConnectionRule{Attribute::urgent_taken, what_is_taken_was_there},
    ConnectionRule{Attribute::send_urgent, send_mark_is_in_the_queue},
    ConnectionRule{Attribute::send_urgent_unknown, mark_is_known_or_not},
    ConnectionRule{Attribute::window_scaling, shifts_need_scaling},
    ConnectionRule{Attribute::window_max_window, max_window_fits_the_header},
    ConnectionRule{Attribute::window_snd_wnd, snd_wnd_was_offered},
    ConnectionRule{Attribute::window_rcv_wnd, rcv_wnd_is_a_window},
    ConnectionRule{Attribute::window_rcv_wup, rcv_wup_is_behind},
    ConnectionRule{Attribute::window_snd_wl1, snd_wl1_is_in_the_window},
    ConnectionRule{Attribute::option, options_differ},
    ConnectionRule{Attribute::signed_peer, peers_can_be_signed_for},
    ConnectionRule{Attribute::filter, filter_ends},
    ConnectionRule{Attribute::filter, only_a_programs_is_known},
    ConnectionRule{Attribute::file_flags, flags_are_known},
};

}  // namespace

template <>
std::span<const Rule<TcpConnection>> rules<TcpConnection>() {
  return connection_rules;
}
}  // namespace sockcr
