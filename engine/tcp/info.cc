#include "engine/tcp/info.h"

#include <fmt/format.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <sys/ioctl.h>
#include <algorithm>
#include <cstring>

#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

// Newer than Debian 12's headers.
#ifndef TCPI_OPT_USEC_TS
#define TCPI_OPT_USEC_TS 64
#endif

namespace sockcr {

namespace {

// tcpi_sacked and tcpi_unacked of a listener are the size and the use of its queue.
TcpInfo from_kernel(const tcp_info& info) {
  if (!is_tcp_state(info.tcpi_state)) {
    throw Violation("TCP_INFO's state", "1..12", fmt::format("{}", info.tcpi_state));
  }
  return {.state = static_cast<TcpState>(info.tcpi_state),
          .timestamps = (info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0,
          .microsecond_timestamps = (info.tcpi_options & TCPI_OPT_USEC_TS) != 0,
          .sack = (info.tcpi_options & TCPI_OPT_SACK) != 0,
          .ecn = (info.tcpi_options & TCPI_OPT_ECN) != 0,
          .syn_data = (info.tcpi_options & TCPI_OPT_SYN_DATA) != 0,
          .window_scaling = (info.tcpi_options & TCPI_OPT_WSCALE) != 0,
          .snd_wscale = static_cast<std::uint8_t>(info.tcpi_snd_wscale),
          .rcv_wscale = static_cast<std::uint8_t>(info.tcpi_rcv_wscale),
          .snd_mss = info.tcpi_snd_mss,
          .segments_in = info.tcpi_segs_in,
          .segments_out = info.tcpi_segs_out,
          .rto_us = info.tcpi_rto,
          .retransmits = info.tcpi_retransmits,
          .backoff = info.tcpi_backoff,
          .unsent_bytes = info.tcpi_notsent_bytes,
          .snd_wnd = info.tcpi_snd_wnd,
          .ack_ago_ms = info.tcpi_last_ack_recv,
          .backlog = info.tcpi_sacked};
}

}  // namespace

TcpInfo read_info(int socket) {
  tcp_info info{};
  get_option_bytes(socket, IPPROTO_TCP, TCP_INFO, "TCP_INFO", &info, sizeof info);
  return from_kernel(info);
}

TcpInfo parse_info(std::span<const std::uint8_t> bytes) {
  tcp_info info{};
  std::memcpy(&info, bytes.data(), std::min(bytes.size(), sizeof info));
  return from_kernel(info);
}

QueueCounts read_counts(int socket) {
  const auto count = [&](unsigned long request, const char* name) {
    return static_cast<std::uint32_t>(std::max(queued_bytes(socket, request, name), 0));
  };
  return {.inq = count(SIOCINQ, "SIOCINQ"),
          .outq = count(SIOCOUTQ, "SIOCOUTQ"),
          .unsent = count(SIOCOUTQNSD, "SIOCOUTQNSD")};
}

}  // namespace sockcr
