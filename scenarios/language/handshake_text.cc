#include "scenarios/language/handshake_text.h"

#include <fmt/format.h>

#include "engine/sys/socket_option.h"

// Newer than Debian 12's headers.
#ifndef TCPI_OPT_USEC_TS
#define TCPI_OPT_USEC_TS 64
#endif

namespace sockcr::scenario {

std::string handshake_text(const tcp_info& info) {
  std::string text;
  if ((info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0) text += "ts ";
  if ((info.tcpi_options & TCPI_OPT_USEC_TS) != 0) text += "(us) ";
  if ((info.tcpi_options & TCPI_OPT_SACK) != 0) text += "sack ";
  if ((info.tcpi_options & TCPI_OPT_WSCALE) != 0) {
    text += fmt::format("wscale:{},{} ", +info.tcpi_snd_wscale, +info.tcpi_rcv_wscale);
  }
  return text + fmt::format("mss {}, pmtu {}", info.tcpi_snd_mss, info.tcpi_pmtu);
}

std::string handshake_of(int socket) {
  const SocketOption<tcp_info> all{IPPROTO_TCP, TCP_INFO, "TCP_INFO"};
  return handshake_text(get_option(socket, all));
}

}  // namespace sockcr::scenario
