#include "engine/image/show.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <cctype>
#include <ctime>

#include "engine/image/attributes.h"
#include "engine/image/field_text.h"

namespace sockcr {
namespace {

constexpr std::size_t shown = 16;  // bytes of a queue
constexpr std::int64_t nanoseconds = 1'000'000'000;

std::string row(std::string_view name, const std::string& text) {
  return fmt::format("  {:<12}{}\n", name, text);
}

std::string moment(std::int64_t realtime_ns) {
  const auto seconds = static_cast<std::time_t>(realtime_ns / nanoseconds);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:09} UTC", fmt::gmtime(seconds),
                     realtime_ns % nanoseconds);
}

std::string printable(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += byte >= 0x20 && byte <= 0x7e ? static_cast<char>(byte) : '.';
  }
  return text;
}

std::string queue_text(const Bytes& queue) {
  if (queue.empty()) return "length 0";
  const auto start = std::span(queue).first(std::min(shown, queue.size()));
  const std::string_view more = queue.size() > shown ? "..." : "";
  return fmt::format("length {}  {}{}  {}{}", queue.size(), hexadecimal(start), more,
                     printable(start), more);
}

std::string relative(std::string_view name, Sequence number, Sequence first) {
  return fmt::format("{} {} [{:+}]", name, number, distance(first, number));
}

std::string send_text(const TcpConnection& c) {
  std::string text =
      fmt::format("snd_una {}, {}, {}", c.snd_una, relative("snd_nxt", c.snd_nxt, c.snd_una),
                  relative("write_seq", c.write_seq, c.snd_una));
  text += fmt::format("; unacked {}, unsent {}", sent_bytes(c), unsent_bytes(c));
  if (fin_is_unsent(c)) text += ", FIN unsent";
  if (fin_is_in_flight(c)) text += ", FIN unacked";
  if (fin_is_acked(c.state)) text += ", FIN acked";
  return text;
}

std::string receive_text(const TcpConnection& c) {
  return fmt::format("copied_seq {}, {}; unread {}{}", c.copied_seq,
                     relative("rcv_nxt", c.rcv_nxt, c.copied_seq), unread_bytes(c),
                     has_received_fin(c.state) ? ", FIN received" : "");
}

std::string window_text(const TcpConnection& c) {
  const Window& w = c.window;
  return fmt::format("snd_wnd:{} max_window:{} rcv_wnd:{}  {}, {}", w.snd_wnd, w.max_window,
                     w.rcv_wnd, relative("snd_wl1", w.snd_wl1, c.copied_seq),
                     relative("rcv_wup", w.rcv_wup, c.copied_seq));
}

std::string negotiated_text(const TcpConnection& c) {
  const Negotiated& n = c.negotiated;
  std::string text = fmt::format("mss:{}", n.mss_clamp);
  if (n.window_scaling) text += fmt::format(" wscale:{},{}", n.snd_wscale, n.rcv_wscale);
  if (n.sack) text += " sack";
  if (n.timestamps) {
    text += fmt::format(" ts (clock {:+} {})", static_cast<std::int32_t>(c.clock.offset),
                        c.clock.microseconds ? "us" : "ms");
  }
  return text;
}

constexpr std::size_t line_width = 88;

// As many in a row as a screen takes.
std::string options_text(const TcpConnection& c, const OptionWords& words) {
  std::string text, line;
  const auto end_line = [&] {
    if (!line.empty()) text += row(text.empty() ? "options" : "", line);
    line.clear();
  };
  for (const OptionValue& option : c.options) {
    const std::string word = words(option);
    if (line.size() + word.size() > line_width) end_line();
    line += (line.empty() ? "" : " ") + word;
  }
  end_line();
  return text;
}

std::string connection_text(const TcpConnection& c, const OptionWords& words) {
  std::string text = to_text(c) + "\n";
  text += row("send", send_text(c));
  if (!c.send_queue.empty()) text += row("", queue_text(c.send_queue));
  text += row("receive", receive_text(c));
  if (!c.receive_queue.empty()) text += row("", queue_text(c.receive_queue));
  text += row("window", window_text(c));
  if (!c.window.extension.empty()) text += row("", "extension " + hexadecimal(c.window.extension));
  text += row("handshake", negotiated_text(c));
  if (c.shut_down_receive) text += row("shutdown", "SHUT_RD");
  return text + options_text(c, words);
}

template <class Kind>
std::string socket_text(const Kind& socket, const OptionWords&) {
  return to_text(socket) + "\n";
}

std::string socket_text(const TcpConnection& c, const OptionWords& words) {
  return connection_text(c, words);
}

std::string where_text(const SocketCircumstance& where) {
  std::string text = fmt::format("ino:{}", where.inode);
  for (const Holder& holder : where.holders) {
    text += fmt::format(" (pid={},fd={}{})", holder.pid, holder.descriptor,
                        holder.close_on_exec ? ",cloexec" : "");
  }
  return text;
}

std::string circumstance_text(const Circumstance& c) {
  return row("taken", moment(c.realtime_ns)) + row("kernel", c.kernel_release) +
         row("boot", fmt::format("{}, {}.{:09} s after it", c.boot_id, c.monotonic_ns / nanoseconds,
                                 c.monotonic_ns % nanoseconds));
}

}  // namespace

std::string numbers_of(const OptionValue& option) {
  return fmt::format("{}/{}={}", option.level, option.number, hexadecimal(option.value));
}

std::string show(const Socket& socket, const OptionWords& words) {
  return std::visit([&](const auto& kind) { return socket_text(kind, words); }, socket);
}

std::string show(const Image& image, const OptionWords& words) {
  std::string text =
      fmt::format("image {}, format {}, {} socket{}\n", image_id_text(image.circumstance.image_id),
                  image_version, image.sockets.size(), image.sockets.size() == 1 ? "" : "s");
  text += circumstance_text(image.circumstance);
  for (std::size_t i = 0; i < image.sockets.size(); ++i) {
    text += "\n" + show(image.sockets[i], words) + row("held by", where_text(image.where[i]));
  }
  return text;
}

}  // namespace sockcr
