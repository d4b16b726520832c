#include "engine/tcp/repair.h"

#include <fmt/format.h>
#include <linux/tcp.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

// Kinds of TCP options (RFC 9293, 3.2; RFC 7323, 2.2 and 3.2; RFC 2018, 2).
constexpr std::uint32_t option_mss = 2, option_wscale = 3, option_sack = 4, option_timestamps = 8;

constexpr int repair_on = 1, repair_off = 0, repair_off_no_probe = -1;

// Five 32-bit fields in Linux 4.8; proposals append to them.
constexpr std::size_t legacy_window_length = 20;
constexpr std::size_t longest_window_length = 128;

// getsockopt wants the exact length (EINVAL otherwise), or, on a kernel that copies the shorter of
// both, tells its own.
std::size_t find_window_length(int socket) {
  std::array<std::uint8_t, longest_window_length> buffer{};
  for (std::size_t length = buffer.size(); length > legacy_window_length; length -= 4) {
    auto actual = static_cast<socklen_t>(length);
    if (::getsockopt(socket, IPPROTO_TCP, TCP_REPAIR_WINDOW, buffer.data(), &actual) == 0) {
      return actual;
    }
    if (errno != EINVAL) break;
  }
  return legacy_window_length;
}

std::size_t window_length(int socket) {
  static const std::size_t length = find_window_length(socket);
  return length;
}

}  // namespace

void enter_repair(int socket, Reuse reuse) {
  const int own_value = get_option(socket, option::reuse_address);
  try {
    set_option(socket, option::repair, repair_on);
  } catch (const SystemError& error) {
    throw error.advise(
        error.error_number() == EPERM
            ? "TCP_REPAIR needs CAP_NET_ADMIN in the socket's network namespace"
            : "the kernel needs CONFIG_CHECKPOINT_RESTORE, or a seccomp filter forbids it");
  }
  if (reuse == Reuse::keep) set_option(socket, option::reuse_address, own_value);
}

void leave_repair(int socket, WindowProbe probe) {
  const int reuse = get_option(socket, option::reuse_address);
  set_option(socket, option::repair, probe == WindowProbe::yes ? repair_off : repair_off_no_probe);
  if (reuse != 0) set_option(socket, option::reuse_address, reuse);
}

std::optional<int> read_peek_offset(int socket) {
  try {
    return get_option(socket, option::peek_offset);
  } catch (const SystemError& error) {
    if (error.error_number() == EOPNOTSUPP) return std::nullopt;
    throw;
  }
}

BeforeRepair before_repair(int socket) {
  return {.in_repair = get_option(socket, option::repair) != repair_off,
          .reuse_address = get_option(socket, option::reuse_address),
          .out_of_band_inline = get_option(socket, option::out_of_band_inline),
          .peek_offset = read_peek_offset(socket)};
}

void put_back(int socket, const BeforeRepair& before) {
  if (!before.in_repair && get_option(socket, option::repair) != repair_off) {
    set_option(socket, option::repair, repair_off_no_probe);
  }
  if (get_option(socket, option::reuse_address) != before.reuse_address) {
    set_option(socket, option::reuse_address, before.reuse_address);
  }
  if (get_option(socket, option::out_of_band_inline) != before.out_of_band_inline) {
    set_option(socket, option::out_of_band_inline, before.out_of_band_inline);
  }
  if (before.peek_offset && read_peek_offset(socket) != before.peek_offset) {
    set_option(socket, option::peek_offset, *before.peek_offset);
  }
}

void select_queue(int socket, RepairQueue queue) {
  set_option(socket, option::repair_queue, static_cast<int>(queue));
}

Sequence read_queue_sequence(int socket, RepairQueue queue) {
  select_queue(socket, queue);
  return get_option(socket, option::queue_seq);
}

void write_queue_sequence(int socket, RepairQueue queue, Sequence sequence) {
  select_queue(socket, queue);
  set_option(socket, option::queue_seq, sequence);
}

Bytes peek_queue(int socket, RepairQueue queue, std::size_t length) {
  if (length == 0) return {};
  select_queue(socket, queue);
  Bytes bytes(length + 1);  // one more, so that a queue longer than promised shows
  const std::size_t peeked = receive_bytes(socket, bytes, MSG_PEEK | MSG_DONTWAIT);
  if (peeked != length) {
    throw Violation(queue == RepairQueue::receive ? "bytes in the receive queue (SIOCINQ)"
                                                  : "bytes in the send queue (SIOCOUTQ)",
                    fmt::format("{}", length), fmt::format("{} can be peeked", peeked));
  }
  bytes.resize(length);
  return bytes;
}

void fill_queue(int socket, RepairQueue queue, std::span<const std::uint8_t> bytes, int flags) {
  select_queue(socket, queue);
  // The receive side copies each call into one linear buffer, so a large piece can fail for want of
  // contiguous memory where two halves succeed.
  std::size_t piece = bytes.size();
  while (!bytes.empty()) {
    piece = std::min(piece, bytes.size());
    try {
      bytes = bytes.subspan(send_bytes(socket, bytes.first(piece), flags | MSG_DONTWAIT));
    } catch (const SystemError& error) {
      if (error.error_number() != ENOMEM || piece <= 1024) throw;
      piece /= 2;
    }
  }
}

Window read_window(int socket) {
  std::array<std::uint8_t, longest_window_length> buffer{};
  const socklen_t length =
      get_option_bytes(socket, IPPROTO_TCP, TCP_REPAIR_WINDOW, "TCP_REPAIR_WINDOW", buffer.data(),
                       static_cast<socklen_t>(window_length(socket)));
  tcp_repair_window known{};
  std::memcpy(&known, buffer.data(), sizeof known);
  return {.snd_wl1 = known.snd_wl1,
          .snd_wnd = known.snd_wnd,
          .max_window = known.max_window,
          .rcv_wnd = known.rcv_wnd,
          .rcv_wup = known.rcv_wup,
          .extension = Bytes(buffer.begin() + legacy_window_length, buffer.begin() + length)};
}

void write_window(int socket, const Window& window) {
  const tcp_repair_window known{.snd_wl1 = window.snd_wl1,
                                .snd_wnd = window.snd_wnd,
                                .max_window = window.max_window,
                                .rcv_wnd = window.rcv_wnd,
                                .rcv_wup = window.rcv_wup};
  Bytes bytes(sizeof known);
  std::memcpy(bytes.data(), &known, sizeof known);
  if (legacy_window_length + window.extension.size() == window_length(socket)) {
    bytes.insert(bytes.end(), window.extension.begin(), window.extension.end());
  }
  set_option_bytes(socket, IPPROTO_TCP, TCP_REPAIR_WINDOW, "TCP_REPAIR_WINDOW", bytes.data(),
                   static_cast<socklen_t>(bytes.size()));
}

void write_negotiated(int socket, const Negotiated& negotiated) {
  std::vector<tcp_repair_opt> options;
  if (negotiated.sack) options.push_back({option_sack, 0});
  if (negotiated.window_scaling) {
    options.push_back({option_wscale, static_cast<std::uint32_t>(negotiated.snd_wscale) |
                                          static_cast<std::uint32_t>(negotiated.rcv_wscale) << 16});
  }
  if (negotiated.timestamps) options.push_back({option_timestamps, 0});
  options.push_back({option_mss, negotiated.mss_clamp});
  set_option_bytes(socket, IPPROTO_TCP, TCP_REPAIR_OPTIONS, "TCP_REPAIR_OPTIONS", options.data(),
                   static_cast<socklen_t>(options.size() * sizeof options.front()));
}

}  // namespace sockcr
