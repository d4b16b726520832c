// Each kind of socket as a block of lines.
#include <fmt/format.h>
#include <algorithm>
#include <cstring>

#include "engine/image/field_text.h"
#include "engine/image/show.h"
#include "engine/image/show_parts.h"

namespace sockcr {
namespace {

std::string relative(std::string_view name, Sequence number, Sequence first) {
  return fmt::format("{} {} [{:+}]", name, number, distance(first, number));
}

std::string_view unit_of(const TimestampClock& clock) { return clock.microseconds ? "us" : "ms"; }

std::string send_text(const TcpConnection& c) {
  std::string text =
      fmt::format("snd_una {}, {}, {}", c.snd_una, relative("snd_nxt", c.snd_nxt, c.snd_una),
                  relative("write_seq", c.write_seq, c.snd_una));
  text += fmt::format("; unacked {}, unsent {}", sent_bytes(c), unsent_bytes(c));
  if (fin_is_unsent(c)) text += ", FIN unsent";
  if (fin_is_in_flight(c)) text += ", FIN unacked";
  if (fin_is_acked(c)) text += ", FIN acked";
  if (c.send_urgent != 0) text += fmt::format(", urgent byte {}", c.send_urgent);
  if (c.send_urgent_unknown) text += ", urgent byte unknown: lost if there is one";
  return text;
}

std::string receive_text(const TcpConnection& c) {
  std::string text = fmt::format("copied_seq {}, {}; unread {}{}", c.copied_seq,
                                 relative("rcv_nxt", c.rcv_nxt, c.copied_seq), unread_bytes(c),
                                 has_received_fin(c) ? ", FIN received" : "");
  if (c.receive_urgent != 0) {
    text += fmt::format(", urgent byte {}{}", c.receive_urgent,
                        c.urgent_taken ? ", taken by MSG_OOB" : "");
  }
  return text;
}

std::string window_text(const TcpConnection& c) {
  const Window& w = c.window;
  return fmt::format("snd_wnd:{} max_window:{} rcv_wnd:{}  {}, {}", w.snd_wnd, w.max_window,
                     w.rcv_wnd, relative("snd_wl1", w.snd_wl1, c.copied_seq),
                     relative("rcv_wup", w.rcv_wup, c.copied_seq));
}

std::string clock_text(const TimestampClock& clock) {
  return fmt::format("clock {:+} {}", static_cast<std::int32_t>(clock.offset), unit_of(clock));
}

std::string timestamps_text(const TimestampClock& clock, std::uint32_t ts_recent) {
  const std::string recent = ts_recent != 0 ? fmt::format(", ts_recent {}", ts_recent) : "";
  return fmt::format("ts ({}{})", clock_text(clock), recent);
}

std::string negotiated_text(const Negotiated& n, const TimestampClock& clock,
                            std::uint32_t ts_recent) {
  std::string text = fmt::format("mss:{}", n.mss_clamp);
  if (n.window_scaling) text += fmt::format(" wscale:{},{}", n.snd_wscale, n.rcv_wscale);
  if (n.sack) text += " sack";
  if (n.timestamps) text += " " + timestamps_text(clock, ts_recent);
  return text;
}

std::string error_text(std::int32_t error) {
  const char* const name = ::strerrorname_np(error);
  return fmt::format("{}, for SO_ERROR to tell", name != nullptr ? name : std::to_string(error));
}

std::string signature_text(const std::vector<SignedPeer>& peers) {
  std::string text;
  for (const SignedPeer& peer : peers) {
    text += row(text.empty() ? "signature" : "", fmt::format("MD5 towards {}", to_text(peer)));
  }
  return text.empty() ? "" : text + row("", "the keys are not here: restore has to be given them");
}

std::string socket_text(const TcpConnection& c, const OptionWords& words) {
  std::string text = to_text(c) + "\n";
  text += row("send", send_text(c));
  if (!c.send_queue.empty()) text += row("", queue_text(c.send_queue));
  text += row("receive", receive_text(c));
  if (!c.receive_queue.empty()) text += row("", queue_text(c.receive_queue));
  text += row("window", window_text(c));
  if (!c.window.extension.empty()) text += row("", "extension " + hexadecimal(c.window.extension));
  text += row("handshake", negotiated_text(c.negotiated, c.clock, c.ts_recent) +
                               (c.ecn ? " ecn (not restored)" : ""));
  if (c.error != 0) text += row("error", error_text(c.error));
  if (c.shut_down_receive) text += row("shutdown", "SHUT_RD");
  return text + signature_text(c.signed_peers) + filter_text(c.filter) +
         options_text(c.options, words);
}

std::string socket_text(const TcpListener& listener, const OptionWords& words) {
  const std::string place =
      listener.group_place != 0
          ? fmt::format(", place {} of its SO_REUSEPORT group", listener.group_place)
          : "";
  return to_text(listener) + "\n" + row("backlog", std::to_string(listener.backlog) + place) +
         signature_text(listener.signed_peers) + filter_text(listener.filter) +
         options_text(listener.options, words);
}

std::string socket_text(const TcpSynSent& socket, const OptionWords& words) {
  const TimestampClock& clock = socket.clock;
  std::string text = to_text(socket) + "\n";
  text += row("send", fmt::format("isn {}", socket.isn));
  text += row("SYNs", fmt::format("first at {0} {2}, last {1} {2} after it; ts ({3})",
                                  socket.first_syn, distance(socket.first_syn, socket.last_syn),
                                  unit_of(clock), clock_text(clock)));
  return text + filter_text(socket.filter) + options_text(socket.options, words);
}

std::string socket_text(const TcpRequest& request, const OptionWords&) {
  return to_text(request) + "\n" + row("send", fmt::format("snt_isn {}", request.snt_isn)) +
         row("receive", fmt::format("rcv_isn {}", request.rcv_isn)) +
         row("handshake", negotiated_text(request.negotiated, request.clock, request.ts_recent));
}

std::string socket_text(const TcpTimeWait& socket, const OptionWords&) {
  std::string text = to_text(socket) + "\n";
  text += row("send", fmt::format("snd_nxt {}", socket.snd_nxt));
  text += row("receive", fmt::format("rcv_nxt {}", socket.rcv_nxt));
  text += row("window", fmt::format("rcv_wnd:{} rcv_wscale:{}", socket.window, socket.rcv_wscale));
  if (socket.timestamps) {
    text += row("handshake", timestamps_text(socket.clock, socket.ts_recent));
  }
  return text + row("timer", fmt::format("{}.{:03} s left", socket.remaining_ms / 1000,
                                         socket.remaining_ms % 1000));
}

std::string socket_text(const TcpUnconnected& socket, const OptionWords& words) {
  return to_text(socket) + "\n" + filter_text(socket.filter) + options_text(socket.options, words);
}

std::string node_text(const UnixNode& node) {
  std::string text = node.directory.empty() ? "" : "in " + name_text(node.directory) + ", ";
  if (node.unlinked) return text + "unlinked";
  return text + fmt::format("mode {:04o}, uid {}, gid {}", node.mode, node.uid, node.gid);
}

std::string peer_text(const UnixSocket& socket) {
  if (socket.peer_gone) return "gone, " + name_text(socket.peer_name);
  return socket.peer != 0 ? fmt::format("socket {}", socket.peer) : "";
}

std::string message_text(const UnixMessage& one) {
  return row("", to_text(one)) + row("", "  " + queue_text(one.payload));
}

std::string socket_text(const UnixSocket& socket, const OptionWords& words) {
  std::string text = to_text(socket) + "\n";
  if (is_path(socket.name)) text += row("node", node_text(socket.node));
  if (socket.listening) text += row("backlog", std::to_string(socket.backlog));
  if (auto peer = peer_text(socket); !peer.empty()) text += row("peer", peer);
  if (socket.peer_credentials != Credentials{}) {
    text += row("peer is", to_text(socket.peer_credentials));
  }
  const std::size_t number = socket.queue.size();
  if (!socket.listening) {
    text += row("receive", fmt::format("{} message{}", number, number == 1 ? "" : "s"));
  }
  for (const UnixMessage& one : socket.queue) text += message_text(one);
  if (socket.error != 0) text += row("error", error_text(socket.error));
  if (auto shut = shutdown_text(socket); !shut.empty()) text += row("shutdown", shut);
  return text + filter_text(socket.filter) + options_text(socket.options, words);
}

}  // namespace

std::string row(std::string_view name, const std::string& text) {
  return fmt::format("  {:<12}{}\n", name, text);
}

std::string numbers_of(const OptionValue& option) {
  return fmt::format("{}/{}={}", option.level, option.number, hexadecimal(option.value));
}

std::string show(const Socket& socket, const OptionWords& words) {
  return std::visit([&](const auto& kind) { return socket_text(kind, words); }, socket);
}

}  // namespace sockcr
